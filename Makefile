# SPDX-License-Identifier: Apache-2.0
# Two commands set everything up: `make demo` and `make test`. See tool/packages for what each
# installs, and test/suites for what SUITE may name.
export SUITE FULL SEED FUZZ_SECONDS
.PHONY: all demo test fuzz soak bench format clean

all:
	@tool/need build
	@tool/build release

demo:
	@tool/need demo
	@tool/build release
	@build/comity demo

test:
	@tool/need test
	@tool/build test
	@tool/suite $(SUITE)

fuzz:
	@tool/need fuzz
	@tool/build clang
	@tool/fuzz

soak:
	@tool/need test
	@tool/build test
	@tool/build plain
	@FULL=1 tool/suite sim journey sweep
	@FULL=1 TREE=plain tool/suite law evaluator

bench:
	@tool/need bench
	@tool/build bench
	@bench/run

format:
	@tool/need test
	@find src test tool bench -name '*.[ch]' -exec clang-format -i {} +

clean:
	@rm -rf build
