# The front door. `make help` lists what there is.
SHELL := /bin/bash
BUILD ?= build
export HUISHENG_SOURCE_DIR := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup build run demo test check asan tsan fuzz bench fmt lint clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## install what building and testing need (Debian 12, root or sudo)
	tools/setup

$(BUILD)/build.ninja:
	meson setup $(BUILD)

build: $(BUILD)/build.ninja ## compile build/huisheng
	ninja -C $(BUILD) --quiet

run: build ## run the program: make run ARGS='report reviews.csv'
	$(BUILD)/huisheng $(ARGS)

test: build ## unit tests, every save (≤ 60 s, no service)
	$(BUILD)/unit-tests

lint: build ## style, layers, formatting, clang-tidy
	tools/lint

fmt: ## format the sources
	clang-format -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]')

clean: ## remove what was built
	rm -rf build build-*
