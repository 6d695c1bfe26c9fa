// tsserver loads plugins by `require` and takes the module itself for the plugin.
module.exports = require('../dist/transformer/hosts/ls.js').default;
