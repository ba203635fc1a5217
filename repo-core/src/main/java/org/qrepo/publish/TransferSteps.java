package org.qrepo.publish;

import java.util.ArrayList;
import java.util.List;

/** The steps of a plan that takes entries over and transfers their packages. */
final class TransferSteps {
  private TransferSteps() {}

  /**
   * @param changes whether the next database differs from the live one
   * @param entries of the next database
   * @param source the location of the store that packages come from
   */
  static List<Step> of(
      RepositorySpec spec,
      Remote remote,
      boolean changes,
      int entries,
      List<Transfer> transfers,
      String source) {
    List<Step> steps = new ArrayList<>();
    if (remote instanceof Remote.Live live && !live.isSettled()) {
      steps.add(new Step.FinishCommit(live.generation().id()));
    }
    long sequence = Planner.base(remote).map(Plan.Base::sequence).orElse(0L) + 1;
    if (changes) {
      steps.add(new Step.WriteGeneration(sequence, entries));
    }
    transfers.forEach(t -> steps.add(packageStep(t, source)));
    transfers.forEach(t -> steps.add(signatureStep(t)));
    if (changes) {
      steps.add(new Step.Commit(spec.layout(), sequence));
    }
    return steps;
  }

  private static Step packageStep(Transfer transfer, String source) {
    long size = transfer.blob().size();
    return transfer.stored()
        ? new Step.ReusePackage(transfer.file(), size, transfer.blob().sha256())
        : new Step.UploadPackage(
            transfer.file(), source + "/" + transfer.file(), size, transfer.blob().sha256());
  }

  private static Step signatureStep(Transfer transfer) {
    StoreKey key = Names.signature(transfer.file());
    return transfer.storedSignature() ? new Step.KeepSignature(key) : new Step.UploadSignature(key);
  }
}
