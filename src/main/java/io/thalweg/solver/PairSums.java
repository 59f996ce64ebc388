package io.thalweg.solver;

/**
 * Sums over the coordinates j of a group of products of y_j, v_j, z_j and r_j, followed along
 * without visiting coordinates that nothing touched: where the pairs are multiplied by M and N,
 * their products are multiplied by products of the entries of M and N. They give the coupling sum y
 * z, the norms and the value of the penalty; they are made anew from the coordinates at every
 * rebase, so that rounding does not pile up.
 */
final class PairSums {
  static final int YZ = 0;
  static final int YR = 1;
  static final int VZ = 2;
  static final int VR = 3;
  static final int YY = 4;
  static final int YV = 5;
  static final int VV = 6;
  static final int ZZ = 7;
  static final int ZR = 8;
  static final int RR = 9;

  /** Sums per group. */
  static final int COUNT = 10;

  private PairSums() {}

  /** Moves the sums of a group by a step's M and N. */
  static void advance(double[] from, int at, double[] step, int of, double[] to) {
    double a = step[of];
    double b = step[of + 1];
    double c = step[of + 2];
    double d = step[of + 3];
    double e = step[of + 4];
    double f = step[of + 5];
    double g = step[of + 6];
    double h = step[of + 7];
    double yz = from[at + YZ];
    double yr = from[at + YR];
    double vz = from[at + VZ];
    double vr = from[at + VR];
    to[at + YZ] = a * (e * yz + f * yr) + b * (e * vz + f * vr);
    to[at + YR] = a * (g * yz + h * yr) + b * (g * vz + h * vr);
    to[at + VZ] = c * (e * yz + f * yr) + d * (e * vz + f * vr);
    to[at + VR] = c * (g * yz + h * yr) + d * (g * vz + h * vr);
    square(from, at + YY, a, b, c, d, to);
    square(from, at + ZZ, e, f, g, h, to);
  }

  private static void square(
      double[] from, int at, double a, double b, double c, double d, double[] to) {
    double yy = from[at];
    double yv = from[at + 1];
    double vv = from[at + 2];
    to[at] = a * a * yy + 2 * a * b * yv + b * b * vv;
    to[at + 1] = a * c * yy + (a * d + b * c) * yv + b * d * vv;
    to[at + 2] = c * c * yy + 2 * c * d * yv + d * d * vv;
  }

  /**
   * Adds sign times the products that hold v or r, those that rows change, over the coordinates of
   * a table; sums of neighbours of one group are formed aside.
   *
   * @param sign 1 or -1
   * @param table y, v, z, r of coordinate i at {@code stride * i}
   * @param stride numbers per coordinate
   * @param count coordinates
   * @param groupOf group by coordinate number, unread when there is one group
   * @param coordinate number of coordinate i
   * @param sums by group
   */
  static void addChanging(
      double sign,
      double[] table,
      int stride,
      int count,
      int[] groupOf,
      int[] coordinate,
      double[] sums) {
    boolean one = sums.length == COUNT;
    int i = 0;
    while (i < count) {
      int group = one ? 0 : groupOf[coordinate[i]];
      double yr = 0;
      double vz = 0;
      double vr = 0;
      double yv = 0;
      double vv = 0;
      double zr = 0;
      double rr = 0;
      do {
        int c = stride * i;
        double y = table[c];
        double v = table[c + 1];
        double z = table[c + 2];
        double r = table[c + 3];
        yr += y * r;
        vz += v * z;
        vr += v * r;
        yv += y * v;
        vv += v * v;
        zr += z * r;
        rr += r * r;
        i++;
      } while (i < count && (one || groupOf[coordinate[i]] == group));
      int at = COUNT * group;
      sums[at + YR] += sign * yr;
      sums[at + VZ] += sign * vz;
      sums[at + VR] += sign * vr;
      sums[at + YV] += sign * yv;
      sums[at + VV] += sign * vv;
      sums[at + ZR] += sign * zr;
      sums[at + RR] += sign * rr;
    }
  }

  /** Adds all products of a coordinate. */
  static void add(double[] cells, int c, double[] sums, int at) {
    double y = cells[c];
    double v = cells[c + 1];
    double z = cells[c + 2];
    double r = cells[c + 3];
    sums[at + YZ] += y * z;
    sums[at + YR] += y * r;
    sums[at + VZ] += v * z;
    sums[at + VR] += v * r;
    sums[at + YY] += y * y;
    sums[at + YV] += y * v;
    sums[at + VV] += v * v;
    sums[at + ZZ] += z * z;
    sums[at + ZR] += z * r;
    sums[at + RR] += r * r;
  }
}
