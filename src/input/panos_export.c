/*
 * panos_export.c - PAN-OS decryption logs as the web interface exports them.
 *
 *     Domain,Receive Time,Serial #,Type,Threat/Content Type,Config Version,...
 *     1,2026/03/04 09:15:02,0123,DECRYPTION,0,2562,2026/03/04 09:15:02,...
 *
 * The columns are those that the administrator had chosen to see, so that they
 * are told by the captions of the first row.  Source: PAN-OS Administrator's
 * Guide, "Decryption Log Fields"; exports seen of other log types.
 */
#include <string.h>

#include "input/csv.h"
#include "input/panos.h"
#include "input/value.h"

struct export {
	size_t n_columns; /* 0: no header seen */
	size_t type; /* column of the log type, from 1; 0 none */
	uint8_t columns[PANOS_FIELDS]; /* from 1; 0 not there */
};

static enum line_result
read_header(struct export *e, const struct csv *csv, struct log *log)
{
	*e = (struct export){ .n_columns = csv->n };
	for (size_t i = 0; i < csv->n && i < UINT8_MAX; i++) {
		struct text caption = csv_field(log, csv, i);
		enum panos_field field = panos_field_find(caption);

		if (text_is(caption, "Type"))
			e->type = i + 1;
		/* Generate Time beats Receive Time, which comes first. */
		if (field < PANOS_FIELDS && (e->columns[field] == 0 ||
		    text_is(caption, "Generate Time")))
			e->columns[field] = (uint8_t)(i + 1);
	}
	return LINE_HEADER;
}

/*
 * The columns come in any order, and "Domain" may be hidden as any other: a row
 * of captions, one of which only decryption logs have.
 */
static bool
is_header(struct text line)
{
	static const char *const times[] = { "Receive Time", "Generate Time",
		"Time Generated", "High Resolution Timestamp" };
	static const char *const others[] = { "Error Index", "Proxy Type",
		"TLS Version", "Server Name Indication", "Chain Status" };

	if (text_starts(line, "Domain,Receive Time,") ||
	    text_starts(line, "\"Domain\",\"Receive Time\","))
		return true;
	if (line.n == 0 || text_find(line, ",") < 0 || text_find(line, "=") >= 0 ||
	    (line.at[0] != '"' && (line.at[0] < 'A' || line.at[0] > 'Z')))
		return false;
	for (size_t i = 0; i < N_ITEMS(times); i++)
		for (size_t k = 0; k < N_ITEMS(others); k++)
			if (text_find(line, times[i]) >= 0 &&
			    text_find(line, others[k]) >= 0)
				return true;
	return false;
}

static enum line_result
export_read(struct log *log, void *state, struct handshake *h)
{
	struct export *e = state;
	struct panos_row row = { .columns = e->columns };
	struct text line = log->line;
	struct csv csv;

	if (is_header(line)) {
		csv_split(&csv, line, ',', CSV_FIELDS_MAX);
		return read_header(e, &csv, log);
	}
	if (e->n_columns == 0 || line.n == 0 ||
	    ((line.at[0] < '0' || line.at[0] > '9') && line.at[0] != '"'))
		return LINE_NOT_MINE;
	csv_split(&csv, line, ',', CSV_FIELDS_MAX);
	if (csv.n != e->n_columns)
		csv_split_loose(&csv, line, ',', CSV_FIELDS_MAX);
	if (e->type > 0 && !text_equal_nocase(csv_field(log, &csv,
	    e->type - 1), TEXT("DECRYPTION")))
		return csv.n == e->n_columns ? LINE_IGNORED : LINE_NOT_MINE;
	if (csv.n < e->n_columns)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1), "as many columns as the header");
	for (size_t i = 0; i < PANOS_FIELDS; i++)
		if (e->columns[i] > 0)
			row.fields[i] = csv_field(log, &csv,
			    (size_t)e->columns[i] - 1);
	return panos_handshake(log, &row, h);
}

const struct log_format log_format_panos_export = {
	.name = "panos-export",
	.title = "Palo Alto Networks PAN-OS decryption log, CSV export of the "
	    "web interface",
	.product = "panos",
	.sign = "a header that begins Domain,Receive Time, or has such a time and "
		"Error Index, Proxy Type or TLS Version",
	.state_size = sizeof(struct export),
	.read = export_read,
};
