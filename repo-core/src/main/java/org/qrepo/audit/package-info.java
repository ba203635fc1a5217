/**
 * What the current databases of a distribution mean for a published repository: which packages can
 * no longer be installed or upgraded, and what to build anew. The command line uses it. It reads
 * databases that others have opened, knows nothing of publishing, and never changes anything.
 */
@NullMarked
package org.qrepo.audit;

import org.jspecify.annotations.NullMarked;
