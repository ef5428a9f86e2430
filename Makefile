# The commands of this project. `make help` lists them.

# The one place where the linter's version is pinned.
GOLANGCI_VERSION := v2.15.0

GO       ?= go
TOOLS    := $(CURDIR)/.tools
LINT     := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
# A number of runs, not of seconds: the toolchain sometimes takes the end of the
# time for a failure.
FUZZTIME ?= 5000x
BENCH    ?= .
COUNT    ?= 1
RUNS     ?= 5

.DEFAULT_GOAL := help
.PHONY: help build run test check vet lint unit fuzz soak generate verify report bench benchmarks clean

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## compile the server to bin/musicdb
	$(GO) build -o bin/musicdb ./cmd/musicdb

run: build ## start the server with sound: demo library, data in ./var, loopback only
	MUSICDB_DIRECTORIES_DATA=$${MUSICDB_DIRECTORIES_DATA:-$(CURDIR)/var} \
	MUSICDB_STREAM_START=$${MUSICDB_STREAM_START:-play} \
	exec ./bin/musicdb serve

test: ## install what the tests need (Debian packages), then run everything in check
	./.ci/prepare
	$(MAKE) check

check: vet lint verify unit fuzz ## vet, lint, generated files, race tests, short fuzzing: what CI runs

vet:
	$(GO) vet ./...
	cd conn/bench && $(GO) vet ./...

$(LINT):
	mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(TOOLS)/golangci-lint $@

lint: $(LINT) ## the linters of .golangci.yml
	$(LINT) run ./...
	cd conn/bench && $(LINT) run ./...

# The tests start the server as a user would: the plain binary, never a
# race-instrumented one, because the embedded transcoder is too slow in that.
# conn/bench is a module of its own and runs other people's engines, whose races are
# not ours to find.
unit: build
	$(GO) test -race -shuffle=on -timeout 15m ./...
	cd conn/bench && $(GO) test -shuffle=on ./...

# One target runs at a time; a package is compiled once for all of its targets. What
# was interesting is kept where go test -fuzz keeps it.
fuzz:
	@set -e; built=$$(mktemp -d); trap 'rm -rf "$$built"' EXIT; kept=$$($(GO) env GOCACHE)/fuzz; \
	for d in $$(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u); do \
	  p=$$($(GO) list $$d); $(GO) test -c -fuzz Fuzz -o "$$built/fuzz.test" $$d; \
	  for f in $$(cd $$d && "$$built/fuzz.test" -test.list '^Fuzz' | grep '^Fuzz' | sort -u); do \
	    (cd $$d && "$$built/fuzz.test" -test.run '^$$' -test.fuzz "^$$f\$$" -test.fuzztime $(FUZZTIME) -test.fuzzminimizetime 10x -test.fuzzcachedir "$$kept/$$p") \
	      > "$$built/log" 2>&1 || { cat "$$built/log"; echo "fuzz $$p $$f has failed; the input is in $$d/testdata/fuzz/$$f"; exit 1; }; \
	    echo "fuzz $$p $$f: $$(grep execs "$$built/log" | tail -n 1)"; \
	  done; \
	done

# What the tests do in seconds, for as long as it takes: the crowd, the storms and the
# chaos at full size, the kills many times over, and fuzzing. The reports belong to the repository.
SOAKKILLS ?= 20
SOAKFUZZ  ?= 10m
SOAKSIM   ?= 10m
soak: build ## the long versions: crowd, storms, chaos, 5,000 listeners, SOAKSIM=10m of simulation, SOAKKILLS=n kills, SOAKFUZZ=10m per fuzz target; writes reports
	$(GO) test -count=1 -timeout 2h -run 'Crowd|Storms|Chaos|KillsInTheEvening|KillsWhileMusic|Listeners' -v ./cmd/musicdb -soak
	$(GO) test -count=1 -timeout 12h -run 'Exploration|Simulation' -v ./conn -simulate $(SOAKSIM)
	$(GO) test -race -count=$(SOAKKILLS) -timeout 3h -run 'Kill' ./...
	$(MAKE) fuzz FUZZTIME=$(SOAKFUZZ)

generate: ## write every drawing and page again from the machines
	$(GO) run ./cmd/generate

verify: ## fail when a generated file differs from what the machines say
	$(GO) run ./cmd/generate -check

report: ## replay the recorded exchanges, run the conformance cases, and write the results
	$(GO) test ./server -run TestGoldenExchanges -report
	$(GO) test ./conn/conformance -run TestConformance -report

# A part is printed, only the whole is kept.
bench: ## compare the engine with others, 20 minutes (MODES=a,b PEERS=a,b RUNS=n PROFILE=dir)
	cd conn/bench && $(GO) build -buildvcs=auto -o $(CURDIR)/bin/bench . && $(CURDIR)/bin/bench -runs $(RUNS) \
	  $(if $(MODES)$(PEERS)$(PROFILE),-modes '$(MODES)' -peers '$(PEERS)' -profile '$(if $(PROFILE),$(abspath $(PROFILE)))',-out RESULTS.md)

benchmarks: ## all Go benchmarks (BENCH=regexp COUNT=n)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

clean: ## remove what was built, not the data in ./var
	rm -rf bin .tools
