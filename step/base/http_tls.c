/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_tls.c - whose certificates a request believes, and by which a server knows us
 *
 *      -----BEGIN CERTIFICATE-----
 *      MIIB...
 *      -----END CERTIFICATE-----
 *
 * RFC 7468. libcurl takes one list in place of the system's, so both are put into one. Of the
 * setting only certificates go into it: libcurl reads all that such a list holds, and would ask at
 * the terminal for the passphrase of a key that somebody left beside them.
 */
#include "step/base/http.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_CERTIFICATES (4 * MIB) /* of one file; a system's has 220 KiB */
#define LIMIT_KEY          (256 * KIB)

/* The variable that the curl tool and OpenSSL's programs obey and libcurl does not, and its value. */
static const char *
named_file(const char **ret_variable)
{
	static const char *const variables[] = { "SSL_CERT_FILE", "CURL_CA_BUNDLE" };

	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		*ret_variable = variables[i];
		if (env_text(variables[i]) != NULL)
			return env_text(variables[i]);
	}
	return NULL;
}

const char *
http_tls_system_file(void)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, Red Hat */
		"/etc/pki/tls/certs/ca-bundle.crt",                  /* the same, older */
		"/etc/ssl/ca-bundle.pem",                            /* SUSE */
		"/etc/ssl/cert.pem",                                 /* BSD */
	};
	const char *variable, *file = named_file(&variable);

	for (size_t i = 0; file == NULL && i < ARRAY_LEN(places); i++)
		if (access(places[i], R_OK) == 0)
			file = places[i];
	return file;
}

/* "" where a system has none: then only those of the setting are believed. */
static int
read_system(struct arena *a, struct str *ret, struct err *err)
{
	const char *variable, *file = http_tls_system_file();

	*ret = STR("");
	if (file == NULL || file_whole(file, LIMIT_CERTIFICATES, ERR_USAGE, a, ret, err) == 0)
		return 0;
	if (named_file(&variable) != NULL)
		return err_wrap(err, "%s '%.200s'", variable, file);
	return err_wrap(err, "the system's certificates '%s'", file);
}

/* A certificate that is encrypted is none. */
static int
no_passphrase(char *buf, int size, int writing, void *data)
{
	(void)buf, (void)size, (void)writing, (void)data;
	return -1;
}

/* Every certificate of in to out; how many, or -1 for one that cannot be read. */
static int
copy_certificates(BIO *in, BIO *out, struct err *err)
{
	for (int n = 0;; n++) {
		X509 *certificate;
		unsigned long why;
		int written;

		ERR_clear_error();
		certificate = PEM_read_bio_X509_AUX(in, NULL, no_passphrase, NULL);
		why = ERR_peek_last_error();
		ERR_clear_error();
		if (certificate == NULL && ERR_GET_LIB(why) == ERR_LIB_PEM &&
		    ERR_GET_REASON(why) == PEM_R_NO_START_LINE)
			return n;
		if (certificate == NULL)
			return err_set(err, ERR_USAGE, "certificate %d is malformed", n + 1);
		written = PEM_write_bio_X509(out, certificate);
		X509_free(certificate);
		if (written == 0)
			return err_set(err, ERR_INTERNAL, "certificate %d cannot be copied", n + 1);
	}
}

/* The certificates of text alone, behind those of the system. */
static int
join(struct str system, struct str text, struct arena *a, struct http_tls *ret, struct err *err)
{
	BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len), *out = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	long len;
	int status = -1;

	if (in == NULL || out == NULL) {
		err_set(err, ERR_INTERNAL, "no memory for certificates");
		goto out;
	}
	BIO_write(out, system.ptr, (int)system.len);
	BIO_write(out, "\n", 1); /* a file may end without one */
	status = copy_certificates(in, out, err);
	if (status == 0)
		status = err_set(err, ERR_USAGE, "it holds no certificate (PEM)");
	if (status < 0)
		goto out;
	len = BIO_get_mem_data(out, &bytes);
	ret->trusted = arena_copy(a, bytes, (size_t)len);
	ret->trusted_len = (size_t)len;
	status = 0;
out:
	BIO_free(in);
	BIO_free(out);
	return status;
}

int
http_tls_load(const char *setting, struct arena *a, struct http_tls *ret, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct str system, text = str_of(setting);
	bool is_text = setting != NULL && strstr(setting, "-----BEGIN") != NULL;

	*ret = (struct http_tls){ .trusted = NULL };
	if (setting == NULL)
		return 0;
	if (is_text && text.len > LIMIT_CERTIFICATES)
		return err_set(err, ERR_USAGE, "--ca-bundle holds more than %llu bytes",
		    (unsigned long long)LIMIT_CERTIFICATES);
	if (read_system(scratch, &system, err) < 0)
		return -1;
	if ((is_text ||
		file_whole(setting, LIMIT_CERTIFICATES, ERR_USAGE, scratch, &text, err) == 0) &&
	    join(system, text, a, ret, err) == 0)
		return 0;
	/* What is written in place of a file's name may be a secret. */
	return is_text ? err_wrap(err, "--ca-bundle, which is PEM text")
		       : err_wrap(err, "--ca-bundle '%.200s'", setting);
}

int
http_tls_add(const struct http_tls *from, struct str pem, struct arena *a, struct http_tls *ret,
    struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	struct str known = { "", 0 };

	*ret = from != NULL ? *from : (struct http_tls){ .trusted = NULL };
	if (ret->trusted != NULL)
		known = (struct str){ ret->trusted, ret->trusted_len };
	else if (read_system(scratch, &known, err) < 0)
		return -1;
	return join(known, pem, a, ret, err);
}

/* What the certificate and the key are, as far as they can be read; the caller frees both. */
static int
read_pair(struct str cert, struct str key, X509 **ret_cert, EVP_PKEY **ret_key)
{
	BIO *in = BIO_new_mem_buf(cert.ptr, (int)cert.len);
	BIO *key_in = BIO_new_mem_buf(key.ptr, (int)key.len);
	int status = in != NULL && key_in != NULL ? 0 : -1;

	if (status == 0) {
		*ret_cert = PEM_read_bio_X509_AUX(in, NULL, no_passphrase, NULL);
		*ret_key = PEM_read_bio_PrivateKey(key_in, NULL, no_passphrase, NULL);
	}
	BIO_free(in);
	BIO_free(key_in);
	ERR_clear_error();
	return status;
}

static bool
holds_passphrase(struct str pem)
{
	struct str rest = pem;

	while (rest.len > 0) {
		struct str line = str_line(&rest);

		if (str_starts(line, "-----BEGIN ENCRYPTED") ||
		    str_is(line, "Proc-Type: 4,ENCRYPTED"))
			return true;
	}
	return false;
}

int
http_tls_check_client(const char *cert, const char *key, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *key_file = key != NULL ? key : cert;
	struct str cert_pem, key_pem;
	X509 *certificate = NULL;
	EVP_PKEY *secret = NULL;
	int status = -1;

	if (file_whole(cert, LIMIT_CERTIFICATES, ERR_USAGE, a, &cert_pem, err) < 0)
		return err_wrap(err, "the client certificate '%.150s'", cert);
	if (file_whole(key_file, key != NULL ? LIMIT_KEY : LIMIT_CERTIFICATES, ERR_USAGE, a,
		&key_pem, err) < 0)
		return err_wrap(err, "the client key '%.150s'", key_file);
	if (read_pair(cert_pem, key_pem, &certificate, &secret) < 0)
		err_set(err, ERR_INTERNAL, "no memory for certificates");
	else if (certificate == NULL)
		err_set(err, ERR_USAGE,
		    "the client certificate '%.150s' holds no certificate (PEM)", cert);
	else if (secret == NULL && holds_passphrase(key_pem))
		err_set(err, ERR_USAGE,
		    "the client key '%.150s' has a passphrase, for which nobody can be asked: one without is needed",
		    key_file);
	else if (secret == NULL)
		err_set(
		    err, ERR_USAGE, "the client key '%.150s' holds no private key (PEM)", key_file);
	else if (X509_check_private_key(certificate, secret) != 1)
		err_set(err, ERR_USAGE,
		    "the client key '%.150s' is not that of the certificate '%.150s'", key_file,
		    cert);
	else
		status = 0;
	X509_free(certificate);
	EVP_PKEY_free(secret);
	ERR_clear_error();
	return status;
}
