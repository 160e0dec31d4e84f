package dev.freshet.model.train;

/**
 * Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015) after clipping the
 * gradient to a largest norm.
 */
final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final double learningRate;
  private final double maxGradientNorm;
  private final double[] first;
  private final double[] second;
  // Powers of the betas by the step.
  private double decay1;
  private double decay2;

  Adam(int parameters, double learningRate, double maxGradientNorm) {
    this(AdamMoments.none(parameters), learningRate, maxGradientNorm);
  }

  /** Continues from the moments of another instance. */
  Adam(AdamMoments moments, double learningRate, double maxGradientNorm) {
    this.learningRate = learningRate;
    this.maxGradientNorm = maxGradientNorm;
    first = moments.first().clone();
    second = moments.second().clone();
    decay1 = moments.firstRest();
    decay2 = moments.secondRest();
  }

  /** Returns the current moments. */
  AdamMoments moments() {
    return new AdamMoments(first.clone(), second.clone(), decay1, decay2);
  }

  /**
   * Moves the parameters against the gradient.
   *
   * @return false, with nothing changed, if the gradient is not finite
   */
  boolean step(double[] parameters, double[] gradient) {
    double squares = 0;
    for (double slope : gradient) {
      squares += slope * slope;
    }
    double norm = Math.sqrt(squares);
    if (!Double.isFinite(norm)) {
      return false;
    }
    double clip = norm > maxGradientNorm ? maxGradientNorm / norm : 1;
    decay1 *= BETA1;
    decay2 *= BETA2;
    for (int i = 0; i < parameters.length; i++) {
      double slope = gradient[i] * clip;
      first[i] = BETA1 * first[i] + (1 - BETA1) * slope;
      second[i] = BETA2 * second[i] + (1 - BETA2) * slope * slope;
      parameters[i] -=
          learningRate
              * (first[i] / (1 - decay1))
              / (Math.sqrt(second[i] / (1 - decay2)) + EPSILON);
    }
    return true;
  }
}
