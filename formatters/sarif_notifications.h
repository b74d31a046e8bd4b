/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_notifications.h - what SARIF tells beside its results: gaps, notices, and what it left out
 */
#ifndef FORMATTERS_SARIF_NOTIFICATIONS_H
#define FORMATTERS_SARIF_NOTIFICATIONS_H

#include "formatters/sarif_document.h"

/* "toolExecutionNotifications", of what nleft_out says at the time; scratch is reset. */
void sarif_put_notifications(struct sarif *s);

#endif
