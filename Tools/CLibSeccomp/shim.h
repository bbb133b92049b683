/* libseccomp, for the benchmark only. */
#pragma once
#include <seccomp.h>
