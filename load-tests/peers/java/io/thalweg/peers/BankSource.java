package io.thalweg.peers;

import io.thalweg.data.BankMarketing;
import java.io.IOException;

/** The data of the demo: real, in date order, with drift. */
final class BankSource implements Source {
  private final BankMarketing bank;

  BankSource() throws IOException {
    bank = BankMarketing.load();
  }

  @Override
  public String name() {
    return "bank";
  }

  @Override
  public String about() {
    return "UCI Bank Marketing: 45,211 telephone contacts in date order, 51 standardised features,"
        + " 11.7 % positive, with drift; once through";
  }

  @Override
  public int features() {
    return bank.features();
  }

  @Override
  public int entries() {
    return bank.features();
  }

  @Override
  public boolean sparse() {
    return false;
  }

  @Override
  public boolean bias() {
    return true;
  }

  @Override
  public int samples() {
    return bank.rows();
  }

  @Override
  public Rows open() {
    int[] row = new int[1];
    return chunk -> chunk.append(bank, row[0]++);
  }
}
