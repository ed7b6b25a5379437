/** What the node's description promises to show for a set of parameters, computed by n8n's own rules. */

/**
 * @typedef {object} Expected
 * @property {string[]} labels of all fields that are shown
 * @property {string[]} notices
 * @property {string[]} missing names of the required fields without a value
 */

/**
 * @param {import('../../demo/lib/install.mjs').Installation} installation
 * @param {object} description of the node type, as n8n hands it to the editor
 */
export function createExpectation(installation, description) {
	const { NodeHelpers } = installation.require('n8n-workflow');
	const node = (parameters) => ({
		name: description.displayName,
		type: description.name,
		typeVersion: 1,
		parameters,
	});

	/** The parameters with the defaults of everything that is shown. */
	function complete(given) {
		return NodeHelpers.getNodeParameters(
			description.properties,
			given,
			true,
			false,
			node(given),
			description,
		);
	}

	function shown(property, parameters) {
		return (
			property.type !== 'hidden' &&
			NodeHelpers.displayParameterPath(parameters, property, '', node(parameters), description)
		);
	}

	return {
		complete,

		/** The parameters with every optional field added that the editor offers to add. */
		withEverything(given) {
			const parameters = complete(given);
			for (const property of description.properties.filter((one) => shown(one, parameters))) {
				if (property.type === 'collection') {
					const offered = property.options.filter((option) => optionShown(option, parameters));
					parameters[property.name] = Object.fromEntries(
						offered.map((option) => [option.name, structuredClone(option.default)]),
					);
				}
				if (property.type === 'fixedCollection') {
					const [group] = property.options;
					const entry = Object.fromEntries(
						group.values.map((value) => [value.name, structuredClone(value.default)]),
					);
					parameters[property.name] = {
						[group.name]: property.typeOptions?.multipleValues ? [entry] : entry,
					};
				}
			}

			return parameters;
		},

		/**
		 * @param {object} given
		 * @returns {Expected}
		 */
		of(given) {
			const parameters = complete(given);
			const properties = description.properties.filter((one) => shown(one, parameters));
			const labels = [];
			const notices = [];
			const missing = [];
			for (const property of properties) {
				if (property.type === 'notice') notices.push(plain(property.displayName));
				// The editor writes labels of its own over the fields of a mapper.
				else if (property.type !== 'resourceMapper') labels.push(property.displayName);
				if (property.required && isEmpty(parameters[property.name])) missing.push(property.name);
				labels.push(...labelsWithin(property, given[property.name]));
			}

			return { labels, notices, missing };
		},
	};

	/** An option of a collection may hang on a field beside the collection, or on another option. */
	function optionShown(option, parameters) {
		const { show = {}, hide = {} } = option.displayOptions ?? {};
		const valueOf = (name) =>
			name.startsWith('/') ? parameters[name.slice(1)] : name === '@tool' ? false : undefined;
		const holds = ([name, values]) =>
			!name.startsWith('/') && name !== '@tool' ? true : values.includes(valueOf(name));

		return Object.entries(show).every(holds) && !Object.entries(hide).some(holds);
	}
}

function labelsWithin(property, value) {
	if (value === undefined || value === null) return [];
	if (property.type === 'collection')
		return property.options
			.filter((option) => option.name in value && option.displayOptions === undefined)
			.map((option) => option.displayName);
	if (property.type === 'fixedCollection')
		return property.options
			.filter((group) => group.name in value)
			.flatMap((group) => group.values.map(({ displayName }) => displayName));

	return [];
}

function isEmpty(value) {
	if (typeof value === 'object' && value !== null && '__rl' in value) return value.value === '';
	if (typeof value === 'object' && value !== null && 'mode' in value) return value.value === '';

	return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A text without its tags, as it is read. */
export function plain(html) {
	return html
		.replace(/<\/?(?:br|li|ul|p)\s*\/?>/g, ' ')
		.replace(/<[^>]+>/g, '')
		.replace(/\s+/g, ' ')
		.trim();
}
