package org.qrepo.store;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints how many cases of the contract ran on a store, and which limitations it has. */
@NullMarked
public final class CountedCases implements TestWatcher, AfterAllCallback {
  private final Map<String, Integer> limitations = new TreeMap<>();
  private int passed;
  private int failed;

  @Override
  public synchronized void testSuccessful(ExtensionContext context) {
    passed++;
  }

  @Override
  public synchronized void testFailed(ExtensionContext context, Throwable cause) {
    failed++;
  }

  @Override
  public synchronized void testAborted(ExtensionContext context, Throwable cause) {
    limited(String.valueOf(cause.getMessage()));
  }

  @Override
  public synchronized void testDisabled(ExtensionContext context, Optional<String> reason) {
    limited(reason.orElse("no reason"));
  }

  private void limited(String reason) {
    limitations.merge(reason.replaceFirst("^.*limitation: ", ""), 1, Integer::sum);
  }

  @Override
  public synchronized void afterAll(ExtensionContext context) {
    System.out.printf(
        "store contract: %s: %d cases passed, %d failed, not asked of it: %s%n",
        context.getDisplayName(), passed, failed, limitations);
  }
}
