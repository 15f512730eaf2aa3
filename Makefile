# Skein: one command for each thing a developer does. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SEED ?= 1
# Where the lab keeps its hospital and what a run leaves behind; `make clean` removes it.
OUT ?= .lab
# One configuration for programs and tests, so that the dependencies are built once.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing
PYTHON := $(CURDIR)/.venv/bin/python
BIN := $(CURDIR)/.build/release
export SKEIN_PYTHON := $(PYTHON)
export PYTHONPATH := $(CURDIR)/ops/lab

.PHONY: help setup build tests-build demo test test-swift test-lab test-demo clean
.PHONY: accept-pipeline accept-demo accept-check accept-inspect accept-arrow accept-newcomer accept-trouble
.PHONY: accept-kill test-kill-small accept-simulator test-simulator accept-faults test-faults-small
.PHONY: accept-protocol accept-abuse accept-fleet accept-corpora accept-roundtrip accept-codecs accept-digests accept-dicom-speed
.PHONY: fuzz accept-fuzz accept-severance accept-orders test-orders-small accept-import test-import-small accept-disc-order test-disc-order-small accept-merges test-merges-small accept-outbound test-outbound-small accept-requests test-requests-small accept-previews accept-noise test-noise-small

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing: system packages and the lab's Python
	@ops/setup/install.sh

build: setup ## build the coordinator, the worker and the simulator
	@swift build $(SWIFT_FLAGS) --product coordinator
	@swift build $(SWIFT_FLAGS) --product worker
	@swift build $(SWIFT_FLAGS) --product simulator

tests-build: build ## build the tests as well
	@swift build $(SWIFT_FLAGS) --build-tests

demo: build ## a hospital's discs go through a fleet of gateways, one of which dies, into a real PACS; an independent check says so (SEED=N)
	@$(PYTHON) -m lab demo $(LIMIT) --seed $(SEED) --out $(OUT)/demo-$(SEED) --coordinator $(BIN)/coordinator --worker $(BIN)/worker

test: test-swift test-lab test-demo test-simulator ## all tests
	@echo "all tests passed"

# Many tests compute or wait for a child process: more of them at a time take the threads from those that speak with a peer, whose timeouts then end.
test-swift: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 4
test-swift: tests-build
	@swift test $(SWIFT_FLAGS) --skip-build

test-lab: setup
	@$(PYTHON) -m pytest -q ops/lab/tests ops/accept/tests Tests/Faults

test-demo: accept-check accept-inspect accept-digests accept-protocol test-kill-small test-faults-small test-orders-small test-import-small test-disc-order-small test-merges-small test-outbound-small test-requests-small accept-previews test-noise-small

accept-demo: ## issue 3: the demo, a fleet run, with seeds 1 to 5, each within 120 s
	@for seed in 1 2 3 4 5; do $(MAKE) --no-print-directory demo SEED=$$seed LIMIT="--limit 120"; done

accept-check: build ## issue 2: the demo's check fails for each planted fault
	@$(PYTHON) -m lab demo --seed $(SEED) --size small --out $(OUT)/small-$(SEED) --coordinator $(BIN)/coordinator --worker $(BIN)/worker
	@$(PYTHON) ops/accept/check_faults.py --run $(OUT)/small-$(SEED)

CORPORA := PYTHONPATH=$(CURDIR)/ops/accept $(PYTHON) -m corpora
# Where the sample files of PyPI's packages are kept from one run to the next.
SAMPLES := $(OUT)/corpora

accept-inspect: build ## issue 2: worker inspect agrees with pydicom on every file of its wheel and of pynetdicom's
	@$(CORPORA) inspect --worker $(BIN)/worker --out $(OUT)/inspect

$(SAMPLES)/requirements.txt: ops/accept/corpora/requirements.txt | setup
	@rm -rf $(SAMPLES)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $(SAMPLES) -r $<
	@cp $< $@

accept-corpora: build $(SAMPLES)/requirements.txt ## issue 5: worker inspect agrees with pydicom, field by field, on every sample file of four packages of PyPI, or docs/conformance.md says why not
	@$(CORPORA) inspect --worker $(BIN)/worker --installed $(SAMPLES) --out $(OUT)/inspect
	@$(CORPORA) large --worker $(BIN)/worker --out $(OUT)/inspect

accept-roundtrip: build $(SAMPLES)/requirements.txt ## issue 5: every sample file that is read is written byte for byte the same; another Accession Number changes exactly what is declared
	@$(CORPORA) roundtrip --worker $(BIN)/worker --installed $(SAMPLES) --out $(OUT)/roundtrip

accept-codecs: build $(SAMPLES)/requirements.txt ## issue 5: every image of the corpora through each lossless codec and back, all allocated bits equal, as pydicom's own decoders see it
	@PYTHONPATH=$(CURDIR)/ops/accept $(PYTHON) -m transcoding --worker $(BIN)/worker --installed $(SAMPLES) --out $(OUT)/codecs

accept-digests: build $(SAMPLES)/requirements.txt ## issue 5: a program in Python, written from docs/digests.md, computes the same digests, and they do not depend on how an object is written
	@$(PYTHON) Tests/Interop/digests --worker $(BIN)/worker --installed $(SAMPLES)

accept-newcomer: ## issue 3: the README's two commands as written, on a bare Debian 12 in a folder (root; NEWCOMER_RUN="make setup" for that alone)
	@ops/accept/newcomer.sh $(OUT)/newcomer

accept-pipeline: build ## issue 3: one worker's whole pipeline beside DCMTK's storescu, with bounds (BENCH=--profile says where its time goes)
	@PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/bench $(PYTHON) -m pipeline --coordinator $(BIN)/coordinator --worker $(BIN)/worker --out $(OUT)/pipeline $(BENCH)

accept-arrow: tests-build ## issue 2: nobody knows whom they may not know, and the style test finds planted faults
	@swift test $(SWIFT_FLAGS) --skip-build --filter StyleTests

accept-simulator: build ## issue 4: 50,000 seeds of a fleet in virtual time break no rule, in 30 minutes on two cores; each planted fault is caught
	@ops/accept/simulator.sh $(BIN)/simulator

test-simulator: build
	@$(BIN)/simulator --seed $(SEED) --count 2000

accept-kill: build ## issue 3: kill -9 of coordinator, worker and PACS, alone and together, at 30 seeded moments (SEED=N)
	@$(PYTHON) -m lab kill --seed $(SEED) --runs 10 --moments 3 --out $(OUT)/kill --coordinator $(BIN)/coordinator --worker $(BIN)/worker

test-kill-small: build
	@$(PYTHON) -m lab kill --seed $(SEED) --size small --runs 1 --moments 3 --out $(OUT)/kill-small --coordinator $(BIN)/coordinator --worker $(BIN)/worker

accept-protocol: build ## issue 4: a client in Python, written from docs/protocol.md, passes all transcripts and its own scenario against the coordinator
	@$(PYTHON) Tests/Interop --coordinator $(BIN)/coordinator

accept-trouble: build ## issue 3: the destination down, rejecting, full; the spool, its disk, the ledger's disk full; the coordinator restarted (as root)
	@$(PYTHON) -m lab trouble --seed $(SEED) --out $(OUT)/trouble-$(SEED) --coordinator $(BIN)/coordinator --worker $(BIN)/worker

accept-abuse: build ## issue 4: a coordinator with a fleet at work is attacked in every way of docs/threat-model.md: refused, bounded, and the fleet keeps its pace
	@PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m abuse --coordinator $(BIN)/coordinator --worker $(BIN)/worker --out $(OUT)/abuse

FAULTS := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/Tests $(PYTHON) -m Faults --out $(OUT)/faults --coordinator $(BIN)/coordinator --worker $(BIN)/worker
# Those that need neither root nor long waits.
FAULTS_SMALL := $(addprefix --only ,worker-stopped host-gone pdu-cut line-cut)

accept-faults: build ## issue 4: kill -9, SIGSTOP, full disks, cut and stalled connections, an expired certificate, ledgers damaged or of other versions: ten rounds (as root; SEED=N)
	@$(FAULTS) --seed $(SEED) --rounds 10

test-faults-small: build
	@$(FAULTS) --seed $(SEED) --rounds 1 $(FAULTS_SMALL)

ORDERS := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m orders --coordinator $(BIN)/coordinator --seed $(SEED)

accept-orders: build ## issue 6: 100,000 HL7 messages by a real client, the coordinator killed among them: every acknowledged one is there; TLS, character sets, refusals; a worklist of wlmscpfs (SEED=N)
	@$(ORDERS) --out $(OUT)/orders

test-orders-small: build
	@$(ORDERS) --out $(OUT)/orders-small --messages 4000

IMPORTING := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/bench:$(CURDIR)/ops/accept $(PYTHON) -m importing --coordinator $(BIN)/coordinator --seed $(SEED)

accept-import: build ## issue 6: an orders file of 1.35 million rows imports in one go with a progress bar, beside sqlite3's .import; broken rows are listed by line
	@$(IMPORTING) --out $(OUT)/import

test-import-small: build
	@$(IMPORTING) --out $(OUT)/import-small --scale 0.03

DISC_ORDER := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m discorder --coordinator $(BIN)/coordinator --worker $(BIN)/worker --seed $(SEED)

accept-disc-order: build ## issue 6: the discs of one hospital, read in 20 different orders by 1 to 6 workers, by the rule and with evidence, with orders, patients and damaged discs given up in between: each study comes to the same (SEED=N)
	@$(DISC_ORDER) --out $(OUT)/disc-order

test-disc-order-small: build
	@$(DISC_ORDER) --out $(OUT)/disc-order-small --orders 3 --size small

MERGES := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m merges --coordinator $(BIN)/coordinator --worker $(BIN)/worker --seed $(SEED)

accept-merges: build ## issue 6: patients merged and renamed in the middle of a migration into Orthanc: unsent studies follow, sent ones are corrected by each profile (SEED=N)
	@$(MERGES) --out $(OUT)/merges

test-merges-small: build
	@$(MERGES) --out $(OUT)/merges-small --only delete-and-send-again reject-and-send-again

OUTBOUND := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m outbound --coordinator $(BIN)/coordinator --worker $(BIN)/worker --seed $(SEED)

accept-outbound: build ## issue 6: orders of unspecified exams are told to a RIS that fails in every way, or as files, the coordinator killed meanwhile: each exam has one order, and no image comes before it (SEED=N)
	@$(OUTBOUND) --out $(OUT)/outbound

test-outbound-small: build
	@$(OUTBOUND) --out $(OUT)/outbound-small --only orm

REQUESTS := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m clinicians --coordinator $(BIN)/coordinator --worker $(BIN)/worker --seed $(SEED)

accept-requests: build ## issue 6: what a clinician asks for during a migration is leased next, from a disc on the shelf too, which the operator is told (SEED=N)
	@$(REQUESTS) --out $(OUT)/requests

test-requests-small: build
	@$(REQUESTS) --size small --out $(OUT)/requests-small

PICTURES := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m pictures --coordinator $(BIN)/coordinator --worker $(BIN)/worker

accept-previews: build ## issue 6: pictures of held studies, made by the worker that holds them, are those of worker preview; both programs are killed in the middle
	@$(PICTURES) --out $(OUT)/previews

NOISE := PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/accept $(PYTHON) -m noise --coordinator $(BIN)/coordinator

accept-noise: build ## issue 6: a million studies of twenty noisy hospitals matched by evidence: no automatic match is wrong, and at most a fifth of what the paper's rule alone leaves is left to a person
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r ops/accept/noise/requirements.txt
	@$(NOISE) --plot --out $(OUT)/noise

# A hospital too small to learn much from: that nothing is wrong counts.
test-noise-small: build
	@$(NOISE) --seeds one --studies 6000 --share 0.5 --out $(OUT)/noise-small

# Where the ledgers of ops/bench/fleet are kept from one run to the next.
LEDGERS ?= $(OUT)/fleet

accept-fleet: build ## issue 4: a thousand workers beside beanstalkd on a ledger of ten million studies (needs 35 GB in LEDGERS; BENCH=--profile says where time goes)
	@ops/setup/install.sh ops/bench/fleet/packages.txt
	@PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/bench $(PYTHON) -m fleet --coordinator $(BIN)/coordinator --out $(LEDGERS) $(BENCH)

accept-dicom-speed: build ## issue 5: headers beside dcmdump, pydicom and openssl; sending beside storescu, near and far, with bounds
	@PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/bench $(PYTHON) -m dicom --worker $(BIN)/worker --out $(OUT)/dicom-speed $(BENCH)

accept-severance: build ## issue 6: the paper's hospital at full size simulates to its tables 2 and 3, cell by cell; asks whether it is faster than the same join in sqlite3 and pandas
	@PYTHONPATH=$(CURDIR)/ops/lab:$(CURDIR)/ops/bench $(PYTHON) -m severance --coordinator $(BIN)/coordinator --out $(OUT)/severance $(BENCH)

# Seconds for each target of `make fuzz`; what its run leaves grows from one to the next.
SECONDS ?= 60

fuzz: setup ## feed files, data sets, DICOMDIRs, PDUs, commands, pixels and HL7 messages with bytes that libFuzzer makes up (SECONDS=60 for each; a build of its own)
	@program="$$(ops/fuzz/build.sh)"; PYTHONPATH=$(CURDIR)/ops $(PYTHON) -m fuzz --program "$$program" --seconds $(SECONDS) --out $(OUT)/fuzz

accept-fuzz: ## issue 5: make fuzz with ten minutes for each target, two at a time: no crash, no hang, no broken rule, memory bounded
	@$(MAKE) --no-print-directory fuzz SECONDS=600

clean: ## remove what runs and builds left behind
	@rm -rf $(OUT) .build .build-fuzz .venv
