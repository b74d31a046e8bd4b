# make            build ./scanstep
CC       ?= cc
BUILD    ?= build
SRC      := $(wildcard step/*.c step/*/*.c formatters/*.c)
OBJ      := $(SRC:%.c=$(BUILD)/%.o)

STD      := -std=c11 -D_POSIX_C_SOURCE=200809L -I.
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef \
            -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla \
            -Wimplicit-fallthrough -Werror
HARDEN   := -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
            -fstack-clash-protection -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
LIBS     := -larchive -ljansson -lyaml -lsqlite3 -lcrypto -lisal -lzstd -ldl -lpthread

scanstep: $(OBJ)
	$(CC) $(LDHARDEN) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(STD) $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(OBJ:.o=.d)
