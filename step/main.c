/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - picks the command; the verdict becomes an exit status
 */
#include "step/base/io.h"
#include "step/commands.h"
#include "step/release.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Which command argv means, and how many words its name takes. */
static const struct command *
command_of(int argc, char **argv, int *ret_words)
{
	for (size_t i = 0; i < ncommands && argc > 1; i++) {
		struct str rest = str_of(commands[i].name), first = str_cut(&rest, ' ');

		if (!str_is(first, argv[1]))
			continue;
		*ret_words = rest.len == 0 ? 1 : 2;
		if (rest.len == 0 || (argc > 2 && str_is(rest, argv[2])))
			return &commands[i];
	}
	*ret_words = 0;
	return &commands[0]; /* scan IMAGE */
}

/* A group of commands without one of them: "db", "db bild". */
static bool
is_group(const char *word)
{
	for (size_t i = 0; i < ncommands; i++) {
		struct str rest = str_of(commands[i].name), first = str_cut(&rest, ' ');

		if (rest.len > 0 && str_is(first, word))
			return true;
	}
	return false;
}

static int
end_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	say(SAY_ERROR, "standard output cannot be written");
	return STATUS_OUTPUT;
}

static bool
asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* "db", "db --help", "db bild": the commands of the group are told. */
static int
answer_group(int argc, char **argv)
{
	if (argc > 2 && asks_for_help(argv[2])) {
		help_group(stdout, argv[1]);
		return end_output(STATUS_OK);
	}
	if (argc > 2)
		say(SAY_ERROR, "%s %s: there is no such command", argv[1], argv[2]);
	else
		say(SAY_ERROR, "%s alone: there is no such command", argv[1]);
	help_group(stderr, argv[1]);
	return STATUS_USAGE;
}

/* The words for a flag: "help", "help db build", "version". Files of these names are ./help, ./version. */
static bool
answer_word(int argc, char **argv)
{
	const struct command *c;
	int words;

	if (argc == 2 && strcmp(argv[1], "version") == 0) {
		printf("scanstep %s\n", SCANSTEP_VERSION);
		return true;
	}
	if (!asks_for_help(argv[1]))
		return false;
	c = command_of(argc - 1, argv + 1, &words);
	if (words > 0)
		help_command(stdout, c);
	else if (argc > 2 && is_group(argv[2]))
		help_group(stdout, argv[2]);
	else
		help_program(stdout);
	return true;
}

/* Two operands, the first of which somebody took for a command: "image alp.tar". */
static int
refuse_word(char **argv)
{
	say(SAY_ERROR, "'%s' is no command; to scan: scanstep %s", argv[1], argv[2]);
	return STATUS_USAGE;
}

/* 0 to 2 must be taken, or the first file that is opened becomes standard output. */
static int
open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* The lowest free descriptor is taken: fd itself, for those below it are open. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -1;
	}
	return 0;
}

static void
on_signal(int number)
{
	new_file_remove_all();
	_exit(128 + number);
}

static void
catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&end.sa_mask);
	sigaddset(&end.sa_mask, SIGINT);
	sigaddset(&end.sa_mask, SIGTERM);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL); /* a closed pipe is a write that fails */
	sigaction(SIGXFSZ, &ignore, NULL); /* and so is a file that may not grow */
}

/* Words that only the tests and the build use: CONTRIBUTING.md. */
static bool
hidden_word(const char *word)
{
	if (strcmp(word, "--man") == 0) {
		help_manual(stdout);
		return true;
	}
	return strncmp(word, "--list-", 7) == 0 && help_list(stdout, word + 7);
}

static int
run(const struct command *c, const struct options *o)
{
	/* From --quiet, -1, on. */
	static const enum say_level levels[] = { SAY_ERROR, SAY_WARNING, SAY_INFO, SAY_DEBUG };
	struct err err = { .kind = ERR_NONE };
	int status;

	say_up_to(levels[o->verbosity + 1]);
	for (size_t i = 0; i < o->nwarnings; i++)
		say(SAY_WARNING, "%s", o->warnings[i]);
	status = c->run(o, &err);
	if (status >= 0)
		return end_output(status);
	say(SAY_ERROR, "%s", err.text);
	return err_status(&err);
}

int
main(int argc, char **argv)
{
	AUTO_ARENA arena = arena_new();
	const struct command *c;
	enum request request = REQUEST_RUN;
	struct options options;
	struct err err;
	int words;

	if (open_standard_files() < 0)
		return STATUS_INTERNAL;
	catch_signals();
	if (argc <= 1) {
		help_program(stderr);
		return STATUS_USAGE;
	}
	if (answer_word(argc, argv) || (argc == 2 && hidden_word(argv[1])))
		return end_output(STATUS_OK);
	c = command_of(argc, argv, &words);
	if (words == 0 && is_group(argv[1]))
		return answer_group(argc, argv);
	if (words == 0 && argc > 2 && argv[1][0] != '-' && argv[2][0] != '-')
		return refuse_word(argv);
	argv[words] = argv[0];
	if (options_parse(c, argc - words, argv + words, arena, &options, &request, &err) < 0) {
		if (c->refused)
			c->refused(&err);
		say(SAY_ERROR, "%s", err.text);
		return end_output(err_status(&err));
	}
	if (request == REQUEST_HELP)
		help_command(stdout, c);
	else if (request == REQUEST_VERSION)
		printf("scanstep %s\n", SCANSTEP_VERSION);
	else
		return run(c, &options);
	return end_output(STATUS_OK);
}
