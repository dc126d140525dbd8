#include "report/formats.h"

#include <strings.h>

const struct renderer renderers[] = {
	{ "text", "txt", render_text },
	{ "json", "json", render_json },
	{ "jsonl", "jsonl", render_jsonl },
	{ "csv", "csv", render_csv },
	{ "html", "html", render_html },
	{ "md", "md", render_md },
	{ "mail", "eml", render_mail },
	{ "mail-body", NULL, render_mail_body },
	{ "prom", "prom", render_prom },
	{ NULL, NULL, NULL },
};

const struct renderer *
renderer_by_name(const char *name)
{
	for (const struct renderer *r = renderers; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

const struct renderer *
renderer_by_suffix(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot == NULL || strchr(dot, '/') != NULL)
		return NULL;
	for (const struct renderer *r = renderers; r->name != NULL; r++)
		if (r->suffix != NULL && strcasecmp(r->suffix, dot + 1) == 0)
			return r;
	return NULL;
}
