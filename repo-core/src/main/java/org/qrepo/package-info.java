/**
 * What every room shares: how qrepo says no. Everyone may use it. It never does any work itself.
 */
@NullMarked
package org.qrepo;

import org.jspecify.annotations.NullMarked;
