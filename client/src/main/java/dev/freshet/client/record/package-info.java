/** Records in compact temporary files: for collections that do not fit into memory. */
package dev.freshet.client.record;
