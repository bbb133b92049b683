# Thin names over Scripts/; each script says what it does.
.PHONY: demo test test-kernels bench build format

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
