/* Sort and filter the findings, open what a link points to, save the data.
   The page tells all without this script. */
'use strict';
(function () {
	const $ = (selector, within) =>
		(within || document).querySelector(selector);
	const $$ = (selector, within) =>
		Array.from((within || document).querySelectorAll(selector));
	const table = $('#findings table');
	const evidence = $('.evidence');

	/* A fragment points into the evidence of a finding: show it. */
	function reveal() {
		const target = document.getElementById(
			decodeURIComponent(location.hash.slice(1)));
		const details = target && target.closest('details');

		if (details) {
			details.open = true;
			details.scrollIntoView();
		}
	}
	addEventListener('hashchange', reveal);
	reveal();

	/* Paper cannot be clicked open. */
	let closed = [];
	addEventListener('beforeprint', () => {
		closed = $$('details:not([open])');
		closed.forEach(d => { d.open = true; });
	});
	addEventListener('afterprint', () => {
		closed.forEach(d => { d.open = false; });
	});

	/* The report as the JSON that it was made from. */
	$('#save').addEventListener('click', () => {
		const link = document.createElement('a');

		link.href = URL.createObjectURL(new Blob(
			[$('#report').textContent], { type: 'application/json' }));
		link.download = 'pinspot-report.json';
		link.click();
		URL.revokeObjectURL(link.href);
	});
	$('#save').hidden = false;

	if (!table)
		return;
	const body = table.tBodies[0];
	const rows = Array.from(body.rows).map((row, i) => ({
		row,
		details: evidence.children[i],
		words: row.textContent.toLowerCase(),
		kind: row.cells[1].textContent
	}));

	function key(row, column) {
		const cell = row.cells[column];
		const text = cell.textContent.trim();

		return cell.classList.contains('n')
			? Number(text.replace(/,/g, '')) : text.toLowerCase();
	}

	function sort(heading, column) {
		const up = heading.getAttribute('aria-sort') === 'descending';
		const sign = up ? 1 : -1;
		const keyed = rows.map(r => ({ r, k: key(r.row, column) }));
		const order = document.createDocumentFragment();

		keyed.sort((a, b) => a.k < b.k ? -sign : a.k > b.k ? sign : 0);
		keyed.forEach(x => order.append(x.r.row));
		body.append(order);
		$$('th[aria-sort]', table).forEach(th =>
			th.removeAttribute('aria-sort'));
		heading.setAttribute('aria-sort',
			up ? 'ascending' : 'descending');
	}
	$$('thead th', table).forEach((heading, column) => {
		const button = document.createElement('button');

		button.type = 'button';
		button.append(...heading.childNodes);
		button.addEventListener('click', () => sort(heading, column));
		heading.append(button);
	});

	const search = $('#search');
	const kinds = $('#kinds');
	const shown = $('#shown');

	function filter() {
		const words = search.value.toLowerCase().split(/\s+/);
		let n = 0;

		rows.forEach(r => {
			const hit = (!kinds.value || r.kind === kinds.value) &&
				words.every(w => r.words.includes(w));

			r.row.hidden = !hit;
			r.details.hidden = !hit;
			n += hit;
		});
		shown.value = n === rows.length ? '' :
			n + ' of ' + rows.length + ' shown';
	}
	Array.from(new Set(rows.map(r => r.kind))).sort().forEach(kind => {
		kinds.append(new Option(kind, kind));
	});
	search.addEventListener('input', filter);
	kinds.addEventListener('change', filter);
	$('#tools').hidden = false;
})();
