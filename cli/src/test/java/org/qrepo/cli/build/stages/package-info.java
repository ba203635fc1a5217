/** Tests of the stages of a builder that need no builder. */
@NullMarked
package org.qrepo.cli.build.stages;

import org.jspecify.annotations.NullMarked;
