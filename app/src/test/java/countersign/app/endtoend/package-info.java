/** The packaged program against real clients: what a stranger would do, as tests. */
package countersign.app.endtoend;
