// n8n loads the classes that package.json lists under "n8n". This file is only what "main" needs.
module.exports = {};
