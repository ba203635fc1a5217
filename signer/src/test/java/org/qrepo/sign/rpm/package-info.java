@NullMarked
package org.qrepo.sign.rpm;

import org.jspecify.annotations.NullMarked;
