# Thin names over Scripts/; each script says what it does.
.PHONY: demo test test-kernels test-deb bench build format install uninstall deb

PREFIX ?= /usr/local
DESTDIR ?=
ZSHDIR ?=
folders = 'PREFIX=$(PREFIX)' 'DESTDIR=$(DESTDIR)' 'ZSHDIR=$(ZSHDIR)'

demo:
	@Scripts/setup
	@Scripts/demo

test:
	@Scripts/setup
	@Scripts/check

test-kernels:
	@Scripts/setup --for kernels
	@Scripts/setup
	@Scripts/test-kernels

bench:
	@Scripts/setup
	@bench/launch
	@bench/filters
	@bench/throughput

build:
	@Scripts/build

format:
	@Scripts/format

# What was built with make build.
install:
	@Scripts/install install $(folders)

uninstall:
	@Scripts/install uninstall $(folders)

# Writes dist/uring-jail_*.deb, and the program alone beside it.
deb: build
	@Scripts/deb

# In a Debian that is made for it, without anything else installed.
test-deb: deb
	@Scripts/setup --for deb
	@Scripts/test-deb
