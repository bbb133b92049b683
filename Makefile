# Thin names over Scripts/; each script says what it does. Each target installs what it needs, on Debian and as root.
.PHONY: help demo test test-kernels test-deb test-fresh bench build format install uninstall deb

PREFIX ?= /usr/local
DESTDIR ?=
ZSHDIR ?=
TOOLS ?=
folders = 'PREFIX=$(PREFIX)' 'DESTDIR=$(DESTDIR)' 'ZSHDIR=$(ZSHDIR)' 'TOOLS=$(TOOLS)'

help: ## print this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: ## build, and show the same requests without a jail and in one
	@Scripts/setup --for demo
	@Scripts/demo

test: ## build, and run every check and test
	@Scripts/setup --for test
	@Scripts/check

build: ## build the programs, as .build/release/uring-jail and others beside it
	@Scripts/setup --for build
	@Scripts/build

install: ## install what was built; PREFIX=/usr/local DESTDIR= ZSHDIR= TOOLS= (1: uring-client as well)
	@Scripts/install install $(folders)

uninstall: ## remove what 'make install' installed
	@Scripts/install uninstall $(folders)

deb: build ## make a Debian package, and a copy of the program alone, in dist/
	@Scripts/deb

bench: ## measure launches, filters and throughput
	@Scripts/setup --for bench
	@bench/all

format: ## format the Swift sources
	@Scripts/format

test-kernels: ## run the lab's tests on many stock kernels (many hours; Scripts/test-kernels 7.1.7 for one)
	@Scripts/setup --for test --for kernels
	@Scripts/test-kernels

test-deb: deb ## install, use and remove the package on a clean Debian (as root)
	@Scripts/setup --for deb
	@Scripts/test-deb

test-fresh: ## run 'make demo' and 'make test' on clean Debian systems (as root, an hour or more)
	@Scripts/setup --for fresh
	@Scripts/test-fresh
