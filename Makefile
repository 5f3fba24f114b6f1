# The commands of this repository. What they install and check stands in scripts/.
.PHONY: help demo test lint security faults fuzz bench bench-policies package image

target := $(or $(CARGO_TARGET_DIR),target)
# Of packages: dev or release; against this system's C library, or static, or musl.
PROFILE ?= release
LIBC ?= shared

help:
	@echo 'make demo      build Durward, start it, and give a first user a one-time password'
	@echo '               (make demo ARGS=--once also signs in with it, and ends)'
	@echo 'make test      install what is missing, then run every check and test'
	@echo 'make security  attack it for hours: timing, races, floods, leaks, hostile text'
	@echo 'make faults    break what it stands on, at length: kills, disks, clocks, databases, networks'
	@echo 'make fuzz      invent input for whatever reads text from strangers (SECONDS=600 for each)'
	@echo 'make lint      only the checks that need no running program'
	@echo 'make package   a Debian package and a wheel for pytest, in $(target)/packages'
	@echo '               (LIBC=static: with the C library inside; PROFILE=dev: quick to build)'
	@echo 'make image     a container image, with buildah'
	@echo 'make bench     measure, and write docs/benchmarks.md (builds with full optimisation)'
	@echo 'make bench-policies  one decision of policies, beside the engines of others'

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

faults:
	@scripts/check.sh faults

fuzz:
	@scripts/install.sh build
	@scripts/fuzz.sh $(or $(SECONDS),600)

bench:
	@scripts/install.sh build python
	@cargo build --locked --release --workspace --bins
	@$(target)/release/durward-bench $(ARGS)

bench-policies:
	@scripts/install.sh build
	@cargo bench --locked --manifest-path bench/peers/Cargo.toml

package:
	@scripts/install.sh build
	@programs=$$(packaging/programs.sh $(PROFILE) $(LIBC)) && \
	  python3 packaging/deb/build.py "$$programs" $(target)/packages && \
	  python3 packaging/pytest/build.py "$$programs" $(target)/packages

image:
	@scripts/install.sh build
	@programs=$$(packaging/programs.sh $(PROFILE) static) && \
	  packaging/container/build.sh "$$programs"
