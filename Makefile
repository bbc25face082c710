# The front door. `make help` lists what there is.
SHELL := /bin/bash
BUILD ?= build
export HUISHENG_SOURCE_DIR := $(CURDIR)

# A demo company's month, as its platforms export it.
DEMO := demo/天猫评价.xlsx demo/京东评价.csv demo/美团评价.xls

.DEFAULT_GOAL := help
.PHONY: help setup build console run demo test check asan tsan fuzz bench docs fmt lint install deb clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: ## install what building and testing need (Debian 12, root or sudo)
	@tools/setup

$(BUILD)/build.ninja:
	meson setup $(BUILD)

console: ## build the web console into console/dist (needs npm); `make build` packs it in
	@tools/build-console

build: $(BUILD)/build.ninja ## compile build/huisheng, with the console if npm is there
	@tools/build-console --if-able
	@ninja -C $(BUILD) --quiet

run: build ## run the program: make run ARGS='report reviews.csv'
	@$(BUILD)/huisheng $(ARGS)

demo: ## install, build, start a company that does not exist; prints the address to open
	@tools/setup build
	@$(MAKE) --no-print-directory build
	@$(BUILD)/huisheng demo $(ARGS)

report: build ## make a month of feedback as platforms export it, and its report: demo/report.html
	@python3 tools/demo-data.py --out demo
	@$(BUILD)/huisheng report $(DEMO) --orders demo/订单.csv -o demo/report.html
	@echo "The report: file://$(CURDIR)/demo/report.html"

test: build ## unit tests, corpora, the program itself: every save (≤ 60 s, no service)
	@tools/run-tests --build $(BUILD)

check: ## everything: installs, builds, lints, tests, sanitisers, browser (≤ 20 min)
	@tools/setup
	@tools/run-tests --check

asan: ## the suite under address, undefined-behaviour and leak sanitisers
	@[ -d build-asan ] || CC=clang-14 meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build-asan --quiet
	@tools/run-tests --build build-asan

tsan: ## what runs in parallel, under the thread sanitiser
	@[ -d build-tsan ] || CC=clang-14 meson setup build-tsan -Db_sanitize=thread -Db_lundef=false
	@ninja -C build-tsan --quiet
	@tools/run-tests --build build-tsan tsan

fuzz: ## let every fuzz target look for new inputs: make fuzz SECONDS_EACH=60
	@[ -d build-fuzz ] || CC=clang-14 meson setup build-fuzz -Dfuzzer=true -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build-fuzz --quiet
	@tools/fuzz build-fuzz $(or $(SECONDS_EACH),60)

bench: build ## the headline figures, each beside a peer
	@tools/run-benches $(BUILD)

docs: build ## write the pages that come from tables
	@$(BUILD)/huisheng help --settings-page > docs/settings.md

lint: build ## style, layers, formatting, clang-tidy
	@tools/lint $(BUILD)

fmt: ## format the sources
	@tools/fmt

install: build ## install program, manual, completion (PREFIX, DESTDIR)
	@meson configure $(BUILD) --prefix=$(or $(PREFIX),/usr/local)
	@meson install -C $(BUILD) --quiet

deb: ## make a Debian package: build-deb/huisheng_*.deb
	@tools/build-console --if-able
	@packaging/make-deb

clean: ## remove what was built
	rm -rf build build-*
