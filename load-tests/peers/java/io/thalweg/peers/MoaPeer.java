package io.thalweg.peers;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import com.yahoo.labs.samoa.instances.SparseInstance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import moa.classifiers.Classifier;

/** A classifier of MOA in this process, fed its instance objects. */
final class MoaPeer implements Peer {
  private final Classifier classifier;
  private final InstancesHeader header;
  private final double clip;
  private final Instance[] instances = new Instance[Chunk.CAPACITY];
  private final double[] labels = new double[Chunk.CAPACITY];
  private final double[] chances = new double[Chunk.CAPACITY];
  private int rows;

  /**
   * @param clip how near its votes, as probabilities, may come to 0 and 1
   */
  MoaPeer(Source source, Classifier classifier, double clip) {
    this.classifier = classifier;
    this.clip = clip;
    header = header(source.features());
    classifier.setModelContext(header);
    classifier.prepareForUse();
  }

  private static InstancesHeader header(int features) {
    List<Attribute> attributes = new ArrayList<>();
    for (int j = 0; j < features; j++) {
      attributes.add(new Attribute("x" + j));
    }
    attributes.add(new Attribute("y", List.of("0", "1")));
    InstancesHeader header = new InstancesHeader(new Instances("stream", attributes, 0));
    header.setClassIndex(features);
    return header;
  }

  @Override
  public void prepare(Chunk chunk) {
    rows = chunk.rows();
    int features = header.numAttributes() - 1;
    for (int r = 0; r < rows; r++) {
      int from = chunk.start[r];
      int entries = chunk.start[r + 1] - from;
      double[] values = Arrays.copyOfRange(chunk.value, from, from + entries + 1);
      values[entries] = chunk.label[r];
      Instance instance;
      if (chunk.sparse) {
        int[] places = Arrays.copyOfRange(chunk.index, from, from + entries + 1);
        places[entries] = features;
        instance = new SparseInstance(1, values, places, features + 1);
      } else {
        instance = new DenseInstance(1, values);
      }
      instance.setDataset(header);
      instances[r] = instance;
      labels[r] = chunk.label[r];
    }
  }

  @Override
  public void learn() {
    for (int r = 0; r < rows; r++) {
      Instance instance = instances[r];
      chances[r] = chance(classifier.getVotesForInstance(instance));
      classifier.trainOnInstance(instance);
    }
  }

  /**
   * Votes are weights by class, of any sum, and may stop short of the last class. Weights that are
   * all nothing, or not finite as they can get in forests, say nothing.
   */
  private static double chance(double[] votes) {
    double no = votes.length > 0 ? votes[0] : 0;
    double yes = votes.length > 1 ? votes[1] : 0;
    double chance = yes / (no + yes);
    return Double.isFinite(chance) ? chance : 0.5;
  }

  @Override
  public void score(Tally tally) {
    for (int r = 0; r < rows; r++) {
      tally.probability(chances[r], labels[r], clip);
    }
  }
}
