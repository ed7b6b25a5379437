/** First names as they come in a school's user list: German ones first, then from all over. */
export const FIRST_NAMES = [
	'Anna', 'Ben', 'Clara', 'David', 'Emilia', 'Finn', 'Greta', 'Hannes', 'Ida', 'Jonas', 'Katharina', 'Lukas',
	'Marie', 'Niklas', 'Oskar', 'Paula', 'Rainer', 'Sophie', 'Thomas', 'Ute', 'Viktoria', 'Wolfgang', 'Jürgen',
	'Bärbel', 'Götz', 'Zoë', 'Jörg', 'Käthe', 'Björn', 'Anna-Lena', 'Hans-Peter', 'Karl Heinz', 'Renée', 'François',
	'María José', 'Łukasz', 'Şule', 'Çağla', 'Mehmet', 'Ngọc Ánh', 'Søren', 'Åsa', 'Dvořák', 'Zsófia', 'Ștefan',
	'Олена', 'Δημήτρης', 'محمد', 'דנה', '美咲', '지훈', 'Aarav', 'Chidi', 'Siobhán', "D'Arcy", 'Lea 🌟', 'Tim 🚀',
];

/** Last names, in the same mix. */
export const LAST_NAMES = [
	'Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Meyer', 'Wagner', 'Becker', 'Schulz', 'Hoffmann', 'Schäfer',
	'Koch', 'Bauer', 'Richter', 'Klein', 'Wolf', 'Schröder', 'Neumann', 'Schwarz', 'Zimmermann', 'Braun', 'Krüger',
	'Großmann', 'Weiß', 'Süß', 'von der Heide', 'zu Guttenfels', 'Müller-Lüdenscheidt', 'de la Cruz', "O'Connor",
	'Żółtowski', 'Yılmaz', 'Şahin', 'Nguyễn', 'Østergård', 'Åkesson', 'Novák', 'Szabó', 'García Márquez', 'Ionescu',
	'Коваленко', 'Παπαδόπουλος', 'العلي', 'כהן', '佐藤', '김', 'Patel', 'Okafor', 'Ó Briain', 'Dubois', 'Sørensen',
];

/** Domains that belong to nobody, one with an umlaut. */
export const DOMAINS = ['example.com', 'example.com', 'example.org', 'example.net', 'kurse.example', 'müller-kurse.example'];

/** What stands before the @ for a name: plain letters and dots, umlauts written out or kept. */
export function mailName(first: string, last: string, keepUmlauts: boolean): string {
	const whole = `${first}.${last}`.toLowerCase();
	const german = keepUmlauts
		? whole
		: whole.replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue').replace(/ß/g, 'ss');
	const kept = (keepUmlauts ? german : german.normalize('NFD')).replace(keepUmlauts ? /[^a-z0-9äöüß.-]/g : /[^a-z0-9.-]/g, '');
	const tidy = kept.replace(/[.-]{2,}/g, '.').replace(/^[.-]+|[.-]+$/g, '');

	return tidy === '' ? 'teilnehmer' : tidy;
}
