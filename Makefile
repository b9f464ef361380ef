# invoicelab needs Go, gcc and make. Everything else that a target uses is
# fetched by Go, or named in one line when it is missing.

REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)$(shell git diff --quiet HEAD 2>/dev/null || echo +dirty)
BIN := bin/invoicelab
STORE ?= out/invoicelab.db
WORKERS ?= 2

STATICCHECK_VERSION := v0.8.2
STATICCHECK := bin/staticcheck-$(STATICCHECK_VERSION)

# The checks of accessibility that the browser tests run in the pages. It is
# under the MPL, fetched for tests and no part of the product.
AXE_VERSION := 4.14.1
AXE_SHA256 := e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
AXE := bin/axe.min.js

.PHONY: build contact-sheet cuda demo test test-cuda test-cuda-deep check browser poppler axe bench clean tools

build: tools
	go build -ldflags '-X main.revision=$(REVISION)' -o $(BIN) ./cmd/invoicelab

# The same program with the CUDA backend. It needs no CUDA toolkit and no GPU,
# neither here nor where it starts: the header and the empty library of
# kernels/cuda/driver stand in for the toolkit's, whatever version is
# installed, and the driver is loaded when a CUDA device is opened. Where nvcc
# is on the PATH, the kernels are built in as machine code besides: for this
# machine's GPU, or for the chips that CUDA_CHIPS lists.
CUDA_BUILD := CGO_CPPFLAGS='-I$(CURDIR)/kernels/cuda/driver/include' CGO_LDFLAGS='-g -O2 -L$(CURDIR)/kernels/cuda/driver/lib'

cuda: tools cubins
	$(CUDA_BUILD) go build -tags cuda -ldflags '-X main.revision=$(REVISION)' -o $(BIN)-cuda ./cmd/invoicelab

NVCC ?= nvcc
CUDA_CHIPS ?= $(or $(shell nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | tr -d . | sort -u),80 90)

# Named by the hash of their sources, as kernels/cuda/code.go looks for them.
.PHONY: cubins
cubins:
	@command -v $(NVCC) >/dev/null || { echo "no nvcc: the kernels are built in as PTX alone"; exit 0; }; \
	cd kernels/cuda && keep= && for source in *.cu; do for chip in $(CUDA_CHIPS); do \
		to=cubin/$${source%.cu}-$$(cat $$source *.cuh | sha256sum | cut -c1-16).sm_$$chip.cubin; keep="$$keep $$to"; \
		[ -f $$to ] || { echo "$(NVCC) $$source for sm_$$chip"; $(NVCC) -cubin -arch=sm_$$chip -o $$to.part $$source && mv $$to.part $$to; } || exit 1; \
	done; done && for old in cubin/*.cubin; do case " $$keep " in *" $$old "*) ;; *) rm -f $$old ;; esac; done

# The CUDA backend on a driver that runs its kernels on the CPU, which the
# tests build with g++. Never from Go's cache of results: it does not see the
# kernels change.
test-cuda: tools
	$(CUDA_BUILD) go test -tags cuda -count=1 -timeout 15m ./kernels/cuda/...

# The same, slower and stricter: in shuffled orders of threads and blocks,
# under AddressSanitizer, and with every access of a kernel watched for races,
# overruns and reads of what nobody wrote. It took 13 minutes beside other work.
ASAN := LD_PRELOAD=$$(g++ -print-file-name=libasan.so) ASAN_OPTIONS=detect_leaks=0:halt_on_error=0
CUDA_SUITE = $(CUDA_BUILD) go test -tags cuda -count=1 -timeout 30m ./kernels/cuda -exec

test-cuda-deep: tools
	$(CUDA_SUITE) "env INVOICELAB_FAKECUDA_SHUFFLE=1"
	$(CUDA_SUITE) "env INVOICELAB_FAKECUDA_SHUFFLE=2"
	$(CUDA_SUITE) "env INVOICELAB_FAKECUDA_BUILD=address $(ASAN)"
	$(CUDA_SUITE) "env INVOICELAB_FAKECUDA_BUILD=checked INVOICELAB_FAKECUDA_SHUFFLE=3"

# The main job: 2 heads x 2 losses x 2 curricula x 2 seeds on generated
# invoices, the comparison, and the report. Run again, it has nothing to do.
demo: build
	@mkdir -p out
	$(BIN) sweep run quick --store $(STORE) --workers $(WORKERS) --report out/quick

# The template families in pictures, as docs/pictures.md shows them: as they
# are laid out, and as a scanner, an OCR and five languages leave them.
contact-sheet: build
	$(BIN) corpus families --documents 3000 --seed 3 --noise 0 --out docs/families.png
	$(BIN) corpus families --documents 3000 --seed 3 --noise 0.1 --overlap 0.6 --disorder 0.3 --languages 0.6 --wrapped 0.3 --distractors 2 --out docs/families-hard.png

# The figures of docs/gallery.md, drawn from real stores: one with the sweeps
# heads and curriculum-stages, and one with claims that "reproduce" judged.
GALLERY_STORE ?= paper.db
GALLERY_CLAIMS ?= $(GALLERY_STORE)
GALLERY := out/gallery

.PHONY: gallery
gallery: build browser
	$(BIN) report heads --store $(GALLERY_STORE) --out $(GALLERY)/heads --errors $(GALLERY)/heads/errors
	$(BIN) report curriculum-stages --store $(GALLERY_STORE) --out $(GALLERY)/stages
	$(BIN) report heads --store $(GALLERY_CLAIMS) --out $(GALLERY)/claims
	cd $(GALLERY)/heads && cp effects.png interaction.png parallel.png per-label.png frequency.png labels-by-variant.png gained-lost.png confusion.png domains.png confidence.png $(CURDIR)/docs/gallery/
	cp $(GALLERY)/stages/learning-curves.png $(GALLERY)/stages/curriculum.png $(GALLERY)/claims/claims.png docs/gallery/
	"$${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars --blink-settings=preferredColorScheme=1 --window-size=1280,1000 \
		--screenshot=$(CURDIR)/docs/gallery/errors.png "file://$$(ls $(CURDIR)/$(GALLERY)/heads/errors/*-invoice-date.html)"

# All tests, after the static checks. The report is looked at in a real
# Chromium, of which the CHROMIUM variable can name another binary; PDF files
# are read by pdftotext, and axe-core looks for faults of accessibility.
test: tools check browser poppler axe
	CGO_ENABLED=0 go vet ./kernels/... ./nn ./train ./curriculum ./corpus ./config
	go test -race ./curriculum ./train ./experiments
	go test -race -run 'Bootstrap|Randomisation|Hierarchical' ./metrics
	$(MAKE) --no-print-directory test-cuda
	go test -timeout 20m ./...

browser:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-liberation; \
	else \
		echo "the tests need Chromium, which is not on the PATH: apt-get install chromium, or CHROMIUM=/path/to/chrome make test" >&2; exit 1; \
	fi

poppler:
	@command -v pdftotext >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && apt-get install -y -q --no-install-recommends poppler-utils; \
	else \
		echo "the tests need pdftotext, which is not on the PATH: apt-get install poppler-utils" >&2; exit 1; \
	fi

# axe-core by its version and the checksum of its package, as bin/axe.min.js.
axe:
	@[ "$$(head -c 40 $(AXE) 2>/dev/null | grep -o 'v[0-9.]*')" = v$(AXE_VERSION) ] || { \
		command -v npm >/dev/null || { echo "the tests fetch axe-core with npm, which is not on the PATH: apt-get install npm" >&2; exit 1; }; \
		mkdir -p bin && npm pack --silent --pack-destination bin axe-core@$(AXE_VERSION) >/dev/null && \
		echo "$(AXE_SHA256)  bin/axe-core-$(AXE_VERSION).tgz" | sha256sum --quiet -c - && \
		tar -xzO -f bin/axe-core-$(AXE_VERSION).tgz package/axe.min.js > $(AXE).part && mv $(AXE).part $(AXE); \
	}

check: $(STATICCHECK)
	go vet ./...
	$(STATICCHECK) ./...
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-clean:"; gofmt -l $$(git ls-files '*.go'); exit 1; }

bench:
	go test -run '^$$' -bench . -benchtime 1s ./kernels/... ./nn/... ./metrics/... ./corpus/...

$(STATICCHECK):
	GOBIN=$(CURDIR)/bin go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	mv bin/staticcheck $@

tools:
	@command -v go >/dev/null || { echo "invoicelab needs Go 1.26 or later, which is not on the PATH: see https://go.dev/dl" >&2; exit 1; }
	@command -v gcc >/dev/null || { echo "invoicelab needs gcc (SQLite and the CPU kernels are C), which is not on the PATH: apt-get install gcc" >&2; exit 1; }

clean:
	rm -rf bin out

# The kernels as PTX, which the driver compiles for the GPU at hand. Committed,
# so that only who changes a kernel needs clang; a test compares the hashes.
CLANG := clang-16
PTX_FLAGS := -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_75 --cuda-feature=+ptx63 -O3 -S

.PHONY: ptx
ptx:
	@command -v $(CLANG) >/dev/null || { echo "make ptx needs $(CLANG), which is not on the PATH: apt-get install $(CLANG), or CLANG=/path/to/clang make ptx" >&2; exit 1; }
	@cd kernels/cuda && mkdir -p ptx && for source in *.cu; do \
		name=$${source%.cu}; \
		{ echo "// sources: $$(cat $$source *.cuh | sha256sum | cut -d' ' -f1)"; $(CLANG) $(PTX_FLAGS) -o - $$source; } > ptx/$$name.part && mv ptx/$$name.part ptx/$$name.ptx || exit 1; \
	done
