# make              build ./scanstep
# make deps         install what building and testing need (Debian, as root)
# make scan         all of that, then scan IMAGE=... (default: a small sample image)
# make test         all of that, then the whole suite; CASES="reader test_doc" narrows it
# make image        the container image, by docker, podman or buildah; BASE=... is what it is built in
# make check-image  builds that image with buildah in a base of its own, and tries it (as root)
# make check-clients  the golden reports as the programs that read them take them; CASES="sarif-jenkins" narrows it
# make golden       write the golden reports anew: FORMAT=sarif CASE=many narrow it
# make lint         rules of the tree, captions, headers, layout of the code, tables against tests
# make tidy         clang-tidy
# make format       lay out the code
# make docs         write the maps of files and the README's example anew
# make sanitize     the suite under AddressSanitizer and UndefinedBehaviorSanitizer
# make fuzz         FUZZ_SECONDS=60 for each row of each table; ROW=dpkg narrows it
# make bench        speed and memory, as ratios to gzip -dc
# make chaos        500 scans of a registry that breaks; CHAOS_SEED=17 repeats one
# make install      into DESTDIR and PREFIX
# make clean
#
# Code is found by its place: a new file needs no line here. V=1 shows the commands.

CC       ?= cc
BUILD    ?= build
PREFIX   ?= /usr/local
PROGRAM  ?= $(if $(filter build,$(BUILD)),scanstep,$(BUILD)/scanstep)
LIBRARY  := $(BUILD)/libscanstep.a
Q        := $(if $(V),,@)

# Files that the program holds as arrays: formatters/report.css is report_css[], and report_css_len.
EMBEDDED := step/advisory/starter.tsv $(wildcard formatters/*.css formatters/*.js)
SRC      := $(wildcard step/*.c step/*/*.c formatters/*.c)
HDR      := $(wildcard step/*.h step/*/*.h formatters/*.h)
OBJ      := $(SRC:%.c=$(BUILD)/%.o) $(EMBEDDED:%=$(BUILD)/%.o)
UNITS    := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
DRIVERS  := $(patsubst tests/drivers/%.c,$(BUILD)/tests/drivers/%,$(wildcard tests/drivers/*.c))

STD      := -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -I.
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla \
            -Wimplicit-fallthrough -Werror
HARDEN   ?= -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
            -fstack-clash-protection -fPIE
LDHARDEN ?= $(if $(STATIC),-static-pie,-pie) -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
LIBS     := -larchive -ljansson -lyaml -lsqlite3 -lcrypto -lisal -lzstd -ldl -lpthread
COMPILE   = $(CC) $(STD) $(WARN) $(HARDEN) $(CFLAGS)

# STATIC=FOLDER: a program that needs no library where it runs. FOLDER/lib has libcurl.a and libisal.a, which Debian
# does not offer in a form that can be linked; the Dockerfile makes them.
ifneq ($(STATIC),)
COMPILE  += -DSCANSTEP_STATIC
LIBS     := -L$(STATIC)/lib -larchive -ljansson -lyaml -lsqlite3 -lcurl -lssl -lcrypto -lisal -lzstd \
            -lz -lbz2 -llzma -lnettle -lpsl -lidn2 -lunistring -lm -lpthread
endif
LINK      = $(CC) $(LDHARDEN) $(LDFLAGS)

# Debian's packages: for the program, for its tests, and for those who change it.
DEPS_BUILD := gcc libc6-dev libarchive-dev libjansson-dev libyaml-dev libsqlite3-dev libssl-dev \
              libisal-dev libzstd-dev libcurl4-openssl-dev libpsl-dev ca-certificates
DEPS_STATIC := zlib1g-dev libbz2-dev liblzma-dev nettle-dev libidn2-dev libunistring-dev
DEPS_SCAN  := python3
DEPS_TEST  := python3 python3-jsonschema python3-yaml curl libcmocka-dev zip zstd xz-utils openssl nginx \
              docker-registry skopeo umoci strace iproute2 libxml2-utils cmark-gfm ruby ruby-activesupport ruby-json-schemer
# Node, Java and Maven as they are, if they are there: other sources' packages of them conflict with Debian's.
DEPS_CLIENTS = python3 python3-venv chromium git rsync $(if $(shell command -v npm 2>&-),,nodejs npm) \
               $(if $(shell command -v javac 2>&-),,default-jdk-headless) $(if $(shell command -v mvn 2>&-),,maven)
DEPS_IMAGE := buildah mmdebstrap docker-registry skopeo openssl python3 iproute2 util-linux
DEPS_LINT  := clang clang-format clang-tidy shellcheck binutils
DEPS_FUZZ  := clang libclang-rt-14-dev libxml2-dev

# Recipes that build everything use every core, unless make was told otherwise.
PARALLEL  = $(MAKE) --no-print-directory $(if $(findstring j,$(filter-out --%,$(MAKEFLAGS))),,-j$(shell nproc))

.DEFAULT_GOAL := build

build: $(PROGRAM)
all: $(PROGRAM) $(UNITS) $(DRIVERS)

$(PROGRAM): $(BUILD)/step/main.o $(LIBRARY)
	@echo "link $@"
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(LIBRARY): $(filter-out $(BUILD)/step/main.o,$(OBJ))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Every two hexadecimal digits of od's output become a byte; a NUL follows, so that text can be used as such.
embedded_c = $(EMBEDDED:%=$(BUILD)/%.c)
$(embedded_c): $(BUILD)/%.c: %
	@mkdir -p $(@D)
	@name=$(subst .,_,$(notdir $*)); \
	{ echo '#include <stddef.h>'; \
	  echo "extern const unsigned char $$name[]; extern const size_t $${name}_len;"; \
	  echo "const unsigned char $$name[] = {"; \
	  od -An -v -tx1 $< | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'; \
	  echo '0 };'; \
	  echo "const size_t $${name}_len = sizeof($$name) - 1;"; } >$@.new && mv $@.new $@

$(EMBEDDED:%=$(BUILD)/%.o): $(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags
	@echo "cc $<"
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# Objects are made anew when what makes them changes.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(LINK)' | cmp -s - $@ || echo '$(COMPILE) $(LINK)' >$@

$(BUILD)/tests/unit/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) -MMD -MP $(LDHARDEN) $(LDFLAGS) -o $@ $< $(LIBRARY) -lcmocka $(LIBS)

$(BUILD)/tests/drivers/%: tests/drivers/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@echo "cc $<"
	$(Q)$(COMPILE) -MMD -MP $(LDHARDEN) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS)

deps:
	@sh tests/deps.sh $(DEPS_BUILD) $(DEPS_TEST)

# For the Dockerfile, which needs no tests.
print-build-packages:
	@echo $(DEPS_BUILD) $(if $(STATIC),$(DEPS_STATIC))

# For example ENGINE_FLAGS='--isolation chroot' where buildah may not make containers.
ENGINE ?= $(firstword $(foreach e,docker podman buildah,$(if $(shell command -v $(e) 2>&-),$(e))) docker)
TAG    ?= scanstep
image:
	$(ENGINE) build $(ENGINE_FLAGS) $(if $(BASE),--build-arg BASE=$(BASE)) --tag $(TAG) .

check-image:
	@sh tests/deps.sh $(DEPS_IMAGE)
	@sh tests/container/run.sh $(CASES)

scan:
	@sh tests/deps.sh $(DEPS_BUILD) $(if $(IMAGE),,$(DEPS_SCAN))
	@$(PARALLEL) build
	@sh tests/scan.sh ./$(PROGRAM)

test: deps
	@$(PARALLEL) all
	@sh tests/run.sh $(BUILD) $(PROGRAM) $(CASES)

check-clients:
	@sh tests/deps.sh $(DEPS_BUILD) $(DEPS_CLIENTS)
	@$(PARALLEL) build
	@SCANSTEP=$(PROGRAM) sh tests/clients/run.sh $(CASES)

golden: deps
	@$(PARALLEL) all
	@GOLDEN_WRITE=1 GOLDEN_FORMAT='$(FORMAT)' GOLDEN_CASE='$(CASE)' \
	    sh tests/run.sh $(BUILD) $(PROGRAM) golden report-huge

SAN_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all
sanitize: deps
	@SANITIZED=1 SCANSTEP_SANDBOX=off UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=exitcode=99 \
	    $(PARALLEL) BUILD=build-sanitize PROGRAM=build-sanitize/scanstep \
	    HARDEN='-O1 -g -fno-omit-frame-pointer $(SAN_FLAGS)' LDHARDEN='$(SAN_FLAGS)' run-all

# The suite of a build that has flags of its own.
run-all: all
	@sh tests/run.sh $(BUILD) $(PROGRAM) $(CASES)

FUZZ_SECONDS ?= 60
FUZZ_FLAGS   := -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz: deps
	@sh tests/deps.sh $(DEPS_FUZZ)
	@$(PARALLEL) build
	@$(PARALLEL) BUILD=build-fuzz CC=clang LDHARDEN= \
	    HARDEN='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $(FUZZ_FLAGS)' build-fuzz/libscanstep.a
	@CC=clang FLAGS='$(STD) -O1 -g -fsanitize=fuzzer $(FUZZ_FLAGS)' LIBS='$(LIBS)' \
	    sh tests/fuzz/run.sh ./$(PROGRAM) build-fuzz $(FUZZ_SECONDS) $(ROW)

CHAOS_SEEDS ?= 500
chaos: deps
	@$(PARALLEL) all
	@CHAOS_SEEDS=$(CHAOS_SEEDS) sh tests/run.sh $(BUILD) $(PROGRAM) chaos

bench: deps
	@$(PARALLEL) build
	@sh tests/bench.sh ./$(PROGRAM)

lint: deps
	@sh tests/deps.sh $(DEPS_LINT)
	@$(PARALLEL) all check-headers
	@sh tests/lint/run.sh $(BUILD) ./$(PROGRAM)

tidy:
	@sh tests/deps.sh $(DEPS_BUILD) $(DEPS_LINT)
	@$(PARALLEL) $(embedded_c)
	@printf '%s\n' $(SRC) | xargs -n 4 -P "$$(nproc)" sh -c 'clang-tidy --quiet "$$@" -- $(STD)' tidy

# What the documents take from the tree and from the program.
docs: build
	@sh tests/lint/map.sh --write
	@sh tests/lint/usage.sh --write ./$(PROGRAM)

# Every header compiles alone, twice: it is complete and guarded.
check-headers: $(HDR:%.h=$(BUILD)/headers/%.ok)
$(BUILD)/headers/%.ok: %.h $(BUILD)/flags
	@mkdir -p $(@D)
	@printf '#include "%s"\n#include "%s"\nextern int nothing;\n' $< $< >$@.c
	@$(COMPILE) -fsyntax-only -MMD -MP -MF $(@:.ok=.d) -MT $@ $@.c && touch $@

FORMATTED := $(SRC) $(HDR) $(wildcard tests/unit/*.[ch] tests/drivers/*.[ch] tests/fuzz/*.[ch])
format:
	@sh tests/deps.sh clang-format
	@clang-format -i $(FORMATTED)

check-format:
	@clang-format --dry-run -Werror $(FORMATTED)

install: $(PROGRAM)
	mkdir -p "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1"
	cp $(PROGRAM) "$(DESTDIR)$(PREFIX)/bin/scanstep"
	./$(PROGRAM) --man >"$(DESTDIR)$(PREFIX)/share/man/man1/scanstep.1"

clean:
	rm -rf build build-sanitize build-fuzz scanstep out

FORCE:
.PHONY: FORCE build all deps print-build-packages image check-image scan test check-clients golden sanitize run-all \
        fuzz chaos bench lint tidy docs check-headers format check-format install clean
.DELETE_ON_ERROR:
.SECONDARY:

-include $(OBJ:.o=.d) $(UNITS:=.d) $(DRIVERS:=.d) $(HDR:%.h=$(BUILD)/headers/%.d)
