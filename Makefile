# The front door. `make help` lists what there is; MAP.md says where things are.

BUILD  ?= build
PREFIX ?= /usr/local
MESON   = meson setup --prefix=$(PREFIX)

.PHONY: help run test build install bench asan fuzz fuzz-wall cover lint fmt accept refresh clean bare
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 14

run: build ## install what is missing, build, and audit this machine
	@./$(BUILD)/portolan audit; r=$$?; [ $$r -ne 2 ] || exit $$r; \
	echo; echo "(exit status $$r; more: ./$(BUILD)/portolan 113/tcp, ./$(BUILD)/portolan --help)"

build: ## build the library and the program into build/
	@tools/deps.sh build
	@[ -f $(BUILD)/build.ninja ] || $(MESON) $(BUILD) >/dev/null
	@ninja -C $(BUILD) --quiet

test: ## install what is missing, build, and run every test
	@tools/deps.sh build test
	@[ -f $(BUILD)/build.ninja ] || $(MESON) $(BUILD) >/dev/null
	@meson setup --reconfigure -Dtests=enabled $(BUILD) >/dev/null
	@ninja -C $(BUILD) --quiet
	@tools/test.sh $(BUILD)

install: build ## install under PREFIX (DESTDIR is honoured)
	@meson setup --reconfigure --prefix=$(PREFIX) $(BUILD) >/dev/null
	@ninja -C $(BUILD) --quiet
	meson install -C $(BUILD) --no-rebuild --strip

bench: ## measure against the peers, in one run, and print the tables (ten minutes, 2 GB in TMPDIR)
	@tools/deps.sh build test bench
	@[ -f $(BUILD)-bench/build.ninja ] || $(MESON) $(BUILD)-bench -Dtests=enabled >/dev/null
	@ninja -C $(BUILD)-bench --quiet
	@bench/peers.sh $(BUILD)-bench/peers || echo "bench: fwlogwatch and psad could not be had" >&2
	@bench/run.sh $(BUILD)-bench

asan: ## every test under AddressSanitizer and UBSan
	@tools/deps.sh build test
	@[ -f $(BUILD)-asan/build.ninja ] || $(MESON) $(BUILD)-asan -Dtests=enabled -Db_sanitize=address,undefined \
		-Db_lundef=false >/dev/null
	@ninja -C $(BUILD)-asan --quiet
	@tools/test.sh $(BUILD)-asan

SECONDS ?= 60
fuzz: ## fuzz every parser for SECONDS each (60)
	@tools/deps.sh build test fuzz
	@[ -f $(BUILD)-fuzz/build.ninja ] || CC=clang $(MESON) $(BUILD)-fuzz -Dtests=enabled -Dfuzz=true \
		-Db_sanitize=address,undefined -Db_lundef=false >/dev/null
	@ninja -C $(BUILD)-fuzz --quiet
	@tests/fuzz/run.sh $(BUILD)-fuzz $(SECONDS)

N ?= 5000
fuzz-wall: ## hold the wall against the kernel with N (5000) fresh rulesets; SEED=S repeats from one
	@tools/deps.sh build test
	@[ -f $(BUILD)/build.ninja ] || $(MESON) $(BUILD) >/dev/null
	@meson setup --reconfigure -Dtests=enabled $(BUILD) >/dev/null
	@ninja -C $(BUILD) --quiet
	@$(BUILD)/tests/live/live-wall-fuzz $(if $(SEED),-s $(SEED),-f) -n $(N)

cover: ## run the tests and say what they did not reach
	@tools/deps.sh build test cover
	@[ -f $(BUILD)-cover/build.ninja ] || $(MESON) $(BUILD)-cover -Dtests=enabled -Db_coverage=true >/dev/null
	@ninja -C $(BUILD)-cover --quiet
	@find $(BUILD)-cover -type d -exec chmod a+rwx {} + # some tests run as nobody, who counts too
	@umask 0; tools/test.sh $(BUILD)-cover
	@gcovr -r . --object-directory $(BUILD)-cover -f src/ --sort-percentage

lint: ## the house's rules: who includes whom, sizes, man pages, format
	@tools/deps.sh build lint
	@tools/check-layers.sh MAP.md
	@tools/check-sizes.sh
	@clang-format --dry-run -Werror $$(git ls-files 'src/*.[ch]' 'tools/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]' 'include/*.h')
	@mandoc -T lint -W warning man/*.[1-8]
	@[ -x $(BUILD)/portolan ] || $(MAKE) --no-print-directory build
	@tools/check-man.sh $(BUILD)

fmt: ## format the sources
	@tools/deps.sh lint
	@clang-format -i $$(git ls-files 'src/*.[ch]' 'tools/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]' 'include/*.h')

accept: build ## take today's output of the command-line tests as what is expected (then read the diff)
	@tests/cli/run.sh --accept $(BUILD)

refresh: ## make data/registry/iana.tsv anew from its two witnesses
	@tools/deps.sh refresh
	@node tools/refresh/refresh.mjs

bare: ## prove `make run` and `make test` in a bare Debian 12 (needs root; makes a chroot)
	@tools/bare.sh

clean: ## remove what was built
	@rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz $(BUILD)-cover $(BUILD)-bench
