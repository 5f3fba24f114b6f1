# The commands of this repository. What they install and check stands in scripts/.
.PHONY: help demo test lint security bench

target := $(or $(CARGO_TARGET_DIR),target)

help:
	@echo 'make demo      build Durward, start it, and give a first user a one-time password'
	@echo '               (make demo ARGS=--once also signs in with it, and ends)'
	@echo 'make test      install what is missing, then run every check and test'
	@echo 'make security  attack it for hours: timing, races, floods, leaks, hostile text'
	@echo 'make lint      only the checks that need no running program'
	@echo 'make bench     measure, and write docs/benchmarks.md (builds with full optimisation)'

demo:
	@scripts/install.sh build
	@cargo build --locked -p iam-server -p iam-cli
	@exec $(target)/debug/durward demo $(ARGS)

test:
	@scripts/check.sh all

lint:
	@scripts/check.sh lint

security:
	@scripts/check.sh security

bench:
	@scripts/install.sh build python
	@cargo build --locked --release --workspace --bins
	@$(target)/release/durward-bench $(ARGS)
