/**
 * What git stores under signatures: commits, tags and trees, their ids, and who signed them. The
 * command line reads the objects and hands them in; they are taken apart as git does and checked
 * more strictly. It never runs git, and trusts nobody whom the pinned master key has not certified.
 */
@NullMarked
package org.qrepo.sign.git;

import org.jspecify.annotations.NullMarked;
