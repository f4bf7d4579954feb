# Everything that is run by hand or by CI. The two that matter: `make demo` and `make test`.
# Nothing here is needed to use Sluice: it is one program, built by `swift build`.

SWIFT_BUILD = swift build --explicit-target-dependency-import-check error
# Progress on a terminal; in a log only what went wrong.
QUIET = $(shell [ -t 2 ] || echo --quiet)
SOURCES = Package.swift Sources Tests

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup brokers build demo dev test chaos soak flood fuzz docs lint format release clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

setup: ## install what the build needs (Debian packages) and check Swift
	@sh deploy/setup.sh

brokers: ## install the tests' stand-in brokers into .brokers/, unless a Kafka is given
	@if [ -n "$$KAFKA_BOOTSTRAP_SERVERS" ]; then \
		echo "brokers: the tests use $$KAFKA_BOOTSTRAP_SERVERS"; \
	else \
		sh deploy/setup.sh --brokers && bash Tests/brokers.sh; \
	fi

build: setup ## build the program, without optimization
	@echo "building sluice (the first time: some minutes)"
	@$(SWIFT_BUILD) --product sluice $(QUIET)

demo: build ## every trigger and every action once, on the embedded broker
	@.build/debug/sluice dev --once

dev: build ## the same, and stay to play
	@.build/debug/sluice dev

# Suites that only compute. They keep every core busy for seconds at a time, so those that wait for signals within
# limits run apart from them.
PURE = FuzzTests|LiquidTests|FlowTests|ConnectorsTests|DocsTests|CommandTests|OffsetLedger|SettledMap|KeyChains|WaitingSize|FairQueue|AssignmentTable|PropertyTests|Settlement|SendGates|TokenBucket|CircuitBreaker|RetryBudget|FloodGuard|TriggerDecision
# What is run by lines of its own. The program's tests start it, again and again: that takes the time of whoever waits.
ALONE = SimulationTests|ProgramTests|BrokerTests

# The broker tests start processes and stop them hard, so they run one at a time, and last.
test: setup brokers lint ## all tests, as CI runs them
	@echo "building the tests (the first time: some minutes)"
	@$(SWIFT_BUILD) --build-tests $(QUIET)
	@swift test --skip-build --disable-xctest --filter '$(PURE)' --skip '$(ALONE)'
	@swift test --skip-build --disable-xctest --filter SimulationTests --no-parallel
	@swift test --skip-build --disable-xctest --skip '$(PURE)|$(ALONE)'
	@swift test --skip-build --disable-xctest --filter ProgramTests
	@swift test --skip-build --disable-xctest --filter BrokerTests --skip 'ChaosTests|SoakTests' --no-parallel
	@swift test --skip-build --disable-xctest --filter ChaosTests --no-parallel

# SEED=… repeats a run, KINDS=killSender,… and MODE=at-least-once choose, BROKER_RESTART='command' lets a Kafka of your own be restarted, too.
ROUNDS = 100
chaos: setup brokers ## ROUNDS=100 rounds of kills, stops, rebalances, faults of network, broker and vendor
	@$(SWIFT_BUILD) --build-tests $(QUIET)
	@CHAOS_ROUNDS=$(ROUNDS) CHAOS_SEED=$(SEED) CHAOS_KINDS=$(KINDS) CHAOS_MODE=$(MODE) \
		CHAOS_BROKER_RESTART='$(BROKER_RESTART)' \
		swift test --skip-build --disable-xctest --filter ChaosTests --no-parallel

MINUTES = 30
soak: setup brokers ## MINUTES=30 at half of the capacity: memory and descriptors flat, nothing lost
	@$(SWIFT_BUILD) --build-tests $(QUIET)
	@SOAK_MINUTES=$(MINUTES) swift test --skip-build --disable-xctest --filter SoakTests --no-parallel

EVENTS = 100000
flood: setup brokers ## EVENTS=100000 of one store at twice what two senders can do, beside a quiet store
	@$(SWIFT_BUILD) --build-tests $(QUIET)
	@FLOOD_EVENTS=$(EVENTS) swift test --skip-build --disable-xctest --filter 'RolesOnBrokers/Floods' --no-parallel

COUNT ?= 1000000
# Once: with ?= each mention of it would draw another.
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif

# Optimized, with the tests' look inside; only this suite is built.
fuzz: setup ## broken input for everything that reads: COUNT of them in all (a million), from a SEED
	@echo "building the fuzzer (the first time: some minutes)"
	@SLUICE_FUZZ=1 $(SWIFT_BUILD) --scratch-path .build-fuzz -c release -Xswiftc -enable-testing --build-tests $(QUIET)
	@echo "fuzzing with $(COUNT) inputs, SEED=$(SEED)"
	@SLUICE_FUZZ=1 SLUICE_FUZZ_COUNT=$(COUNT) SLUICE_FUZZ_SEED=$(SEED) swift test --scratch-path .build-fuzz -c release \
		-Xswiftc -enable-testing --skip-build --disable-xctest --filter FuzzTests

docs: setup ## renew the tables of docs/Connectors.md from the catalogue
	@$(SWIFT_BUILD) --build-tests $(QUIET)
	@RENEW_DOCS=1 swift test --skip-build --disable-xctest --filter ConnectorsPageTests

lint: ## fail on files that `make format` would change
	@swift format lint --strict --parallel --recursive $(SOURCES)

format: ## format all sources in place
	@swift format --in-place --parallel --recursive $(SOURCES)

release: setup ## build the optimized program into .build-release/
	@$(SWIFT_BUILD) --scratch-path .build-release -c release --product sluice --static-swift-stdlib $(QUIET)

clean: ## remove what was built; the brokers stay
	@rm -rf .build .build-release .build-fuzz
