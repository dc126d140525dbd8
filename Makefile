# pinspot: tells why TLS interception breaks what it breaks.
#
#   make            build                 make check       build and test all
#   make demo       set up, build, run on samples/         make install

PREFIX = /usr/local
SHARE  = $(DESTDIR)$(PREFIX)/share
PKGS   = json-c libpcre2-8 libcrypto libpsl libseccomp
# Only their headers are used here: src/base/library.h loads them when needed.
LOADED = libpcap libarchive zlib sqlite3
CFLAGS = -O3 -g
HOSTCC = cc
WARN   = -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wformat=2 \
	 -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef
B      = build# each variant below builds in a folder of its own
VERSION = 0.1.0

CORE   := $(patsubst %.c,$B/%.o,$(wildcard src/*/*.c))
UNIT   := $(patsubst %.c,$B/%,$(wildcard tests/unit/test_*.c))
FUZZ   := $(patsubst %.c,$B/%,$(wildcard tests/fuzz/fuzz_*.c))
# One target for each log format, which is fuzz_log under another name.
FORMATS := $(shell sed -n 's/^FORMAT(\(.*\))$$/\1/p' src/input/formats.def)
FUZZLOG := $(FORMATS:%=$B/tests/fuzz/fuzz_log_%)
REPLAY := $B/tests/fuzz/replay.o# a main() that feeds files to a fuzz target
LIB    := $B/libpinspot.a
FLAGS  := -std=c11 -D_GNU_SOURCE -DPINSPOT_VERSION='"$(VERSION)"' -Isrc -I$B/gen \
	  $(WARN) -MMD -MP $(shell pkg-config --cflags $(PKGS) $(LOADED) 2>/dev/null)
LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
LINK    = $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
# Tables of pointers packed, which saves reading 165 KB at each start, where the
# linker and the C library of this machine are seen to know that.
PACKED  = $(shell echo 'int main(void) { return 0; }' | $(CC) $(CFLAGS) \
	  $(LDFLAGS) $(PACK),--fatal-warnings -x c -o $B/packed - 2>/dev/null && \
	  $B/packed && echo $(PACK))
PACK    = -Wl,-z,pack-relative-relocs

all: $B/pinspot
$B/pinspot: $B/src/main.o $(CORE)
	$(LINK) $(PACKED)
$(LIB): $(CORE)
	@rm -f $@
	$(AR) rcs $@ $^
$(UNIT): %: %.o $(LIB)
	$(LINK) $(shell pkg-config --libs check)
$(FUZZ): %: %.o $(REPLAY) $(LIB)
	$(LINK)
$(FUZZLOG): $B/tests/fuzz/fuzz_log
	@ln -sf fuzz_log $@

# The facts of src/knowledge/data, turned into tables by programs that run here
# and now, whatever the compiler and the flags of the rest.
TABLES := $(patsubst src/knowledge/gen/%.c,$B/gen/%.inc,$(wildcard src/knowledge/gen/*.c))
$B/gen/%: src/knowledge/gen/%.c src/knowledge/gen/gen.h
	@mkdir -p $(@D)
	$(HOSTCC) -std=c11 -D_GNU_SOURCE -Isrc $(WARN) -O1 -o $@ $(filter %.c,$^) \
	    $(GENLIBS)
$B/gen/apps: GENLIBS = $(shell pkg-config --cflags --libs json-c)
$B/gen/apps: src/knowledge/apps_index.c src/base/text.c
$B/gen/hsts: src/knowledge/hsts_pack.c
$B/gen/%.inc: $B/gen/% src/knowledge/data/%.txt
	$^ > $@.new && mv $@.new $@
$B/gen/%.inc: $B/gen/% src/knowledge/data/%.json
	$^ > $@.new && mv $@.new $@
$(TABLES:$B/gen/%.inc=$B/src/knowledge/%.o): $B/src/knowledge/%.o: $B/gen/%.inc

# The default rules, embedded as they are written.
DEFAULT_RULES := $(sort $(wildcard src/rule/data/*.json))
$B/gen/rules: src/rule/gen/rules.c
	@mkdir -p $(@D)
	$(HOSTCC) $(WARN) -O1 -o $@ $<
$B/gen/rules.inc: $B/gen/rules $(DEFAULT_RULES)
	$B/gen/rules $(DEFAULT_RULES) > $@.new && mv $@.new $@
$B/src/rule/load.o: $B/gen/rules.inc
# How often each rule was right on the lab, as `make lab-score` wrote it.
$B/gen/measured.inc: $B/gen/rules src/rule/measured.json
	$B/gen/rules src/rule/measured.json > $@.new && mv $@.new $@
$B/src/rule/inspect.o: $B/gen/measured.inc

# The style and the script of the HTML report, as bytes for a C array.
$B/gen/html/%.inc: src/report/html/%
	@mkdir -p $(@D)
	od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g' >$@.new && mv $@.new $@
$B/src/report/html.o: $B/gen/html/report.css.inc $B/gen/html/report.js.inc

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
-include $(wildcard $B/*/*.d $B/*/*/*.d)

# What is missing is installed first, so the rest runs in a make of its own, which
# then sees the libraries.
check:
	@contrib/install-deps build
	@$(MAKE) --no-print-directory check-built
check-built: all $(UNIT) $(FUZZ) $(FUZZLOG)
	@B=$B tests/run
# The captures of ../shared/corpus against their labels, with figures.
corpus: all $B/tests/unit/test_ja4 $B/tests/unit/test_certificate
	@B=$B PINSPOT_FIGURES=1 tests/corpus/check.sh
	@B=$B tests/clients/check.sh
check-real:
	@contrib/install-deps build real
	@$(MAKE) --no-print-directory all
	@B=$B tests/real/run
demo:
	@contrib/install-deps build
	@$(MAKE) --no-print-directory all
	@echo; $B/pinspot -i samples/captures/office-day.ca.pem \
	    samples/captures/office-day.pcap.gz
lint:
	@contrib/install-deps build lint
	@tests/lint
golden: all
	@B=$B tests/golden/run -u
asan:
	@contrib/install-deps build
	@$(MAKE) --no-print-directory check-built B=build/asan CFLAGS='-O1 -g -fsanitize=address,undefined \
	    -fno-sanitize-recover=all -fno-omit-frame-pointer'
lab: all
	/usr/bin/python3 tests/lab/lab.py $B/lab $(SCENARIOS)
lab-score: all
	@python3 tests/lab/score.py --pinspot $B/pinspot --baselines \
	    --measured src/rule/measured.json \
	    $(or $(wildcard $B/lab/*.truth.json),tests/lab/captures)
format:
	clang-format -i $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch])
layers:
	@tests/layers
	@grep -r '#include "' src | sed -n 's,^src/\([a-z]*\)/.*"\([a-z]*\)/.*,\1 -> \2,p' | \
	    awk '$$1 != $$3' | sort | uniq -c
# For whoever copies them: they name the program as it is installed.
EXAMPLES = $(wildcard contrib/cron/* contrib/rsyslog/* contrib/syslog-ng/* \
	   contrib/systemd/*)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(addprefix $(SHARE)/man/man,1 5 7) \
	    $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	    $(SHARE)/fish/vendor_completions.d $(SHARE)/doc/pinspot
	install -m 755 $B/pinspot $(DESTDIR)$(PREFIX)/bin/
	for page in man/*.[157]; do \
	    install -m 644 $$page $(SHARE)/man/man$${page##*.}/ || exit; done
	install -m 644 contrib/completion/pinspot.bash \
	    $(SHARE)/bash-completion/completions/pinspot
	install -m 644 contrib/completion/_pinspot $(SHARE)/zsh/site-functions/
	install -m 644 contrib/completion/pinspot.fish \
	    $(SHARE)/fish/vendor_completions.d/
	install -m 644 README COPYING $(SHARE)/doc/pinspot/
	for f in $(EXAMPLES:contrib/%=%); do \
	    sed 's,/usr/bin/pinspot,$(PREFIX)/bin/pinspot,' contrib/$$f | \
	    install -D -m 644 /dev/stdin \
	        $(SHARE)/doc/pinspot/examples/$$f || exit; done
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/pinspot \
	    $(addprefix $(SHARE)/man/man?/,$(notdir $(wildcard man/*.[157]))) \
	    $(SHARE)/bash-completion/completions/pinspot \
	    $(SHARE)/zsh/site-functions/_pinspot \
	    $(SHARE)/fish/vendor_completions.d/pinspot.fish
	rm -rf $(SHARE)/doc/pinspot
# The same bytes from the same commit, on any machine.
dist:
	@mkdir -p $B
	git archive --format=tar --prefix=pinspot-$(VERSION)/ HEAD | \
	    gzip -n9 >$B/pinspot-$(VERSION).tar.gz
	@echo $B/pinspot-$(VERSION).tar.gz
deb: dist
	rm -rf $B/deb && mkdir -p $B/deb
	tar -xzf $B/pinspot-$(VERSION).tar.gz -C $B/deb
	cp -r $B/deb/pinspot-$(VERSION)/contrib/debian $B/deb/pinspot-$(VERSION)/debian
	cp $B/pinspot-$(VERSION).tar.gz $B/deb/pinspot_$(VERSION).orig.tar.gz
	cd $B/deb/pinspot-$(VERSION) && dpkg-buildpackage -us -uc -b
clean:
	rm -rf build
.PHONY: all check check-built check-real demo lint golden asan lab lab-score format layers install uninstall dist deb clean corpus
.SECONDARY:
