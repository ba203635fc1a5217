/**
 * What dnf reads of a repository of RPM packages: the metadata below {@code repodata/}. It is made
 * from the headers of packages, and what qrepo made before is read again. It never touches a store
 * and signs nothing; whoever reads metadata has verified it before.
 */
@NullMarked
package org.qrepo.repodata;

import org.jspecify.annotations.NullMarked;
