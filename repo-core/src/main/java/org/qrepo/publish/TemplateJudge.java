package org.qrepo.publish;

import java.util.List;
import org.qrepo.Finding;
import org.qrepo.rpm.RpmHeaders;

/** Judges the signatures inside of packages that are in a store already. */
@FunctionalInterface
public interface TemplateJudge {
  /**
   * What dom0 would refuse of a package's signatures; empty if they are good.
   *
   * @param name what messages call the package
   */
  List<Finding> judge(String name, RpmHeaders headers);
}
