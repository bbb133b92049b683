# Thin names over Scripts/; each script says what it does.
.PHONY: demo test bench build format

demo:
	@Scripts/setup
	@Scripts/demo

test:
	@Scripts/setup
	@Scripts/check

bench:
	@Scripts/setup
	@bench/launch
	@bench/filters

build:
	@Scripts/build

format:
	@Scripts/format
