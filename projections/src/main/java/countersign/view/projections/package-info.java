/** The machinery that feeds read models: batches, tokens, transactions, changes. */
@NullMarked
package countersign.view.projections;

import org.jspecify.annotations.NullMarked;
