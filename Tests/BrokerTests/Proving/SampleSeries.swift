// Samples of one process, and whether they grow.

/// Samples in the order of time.
struct SampleSeries: Hashable, Sendable {
    private(set) var samples: [ProcessSample] = []

    mutating func append(_ sample: ProcessSample) { samples.append(sample) }

    /// Without those before a moment: caches and pools fill while everything is new.
    func after(_ seconds: Double) -> SampleSeries {
        var series = SampleSeries()
        series.samples = samples.filter { $0.seconds >= seconds }
        return series
    }

    /// Least squares, in MiB an hour; nil for fewer than two moments.
    var memorySlope: Double? { slope { $0.memory }.map { $0 * 3600 } }

    /// Descriptors an hour.
    var descriptorSlope: Double? { slope { Double($0.descriptors) }.map { $0 * 3600 } }

    private func slope(_ value: (ProcessSample) -> Double) -> Double? {
        let count = Double(samples.count)
        let meanTime = samples.reduce(0) { $0 + $1.seconds } / count
        let mean = samples.reduce(0) { $0 + value($1) } / count
        let spread = samples.reduce(0) { $0 + ($1.seconds - meanTime) * ($1.seconds - meanTime) }
        guard spread > 0 else { return nil }
        return samples.reduce(0) { $0 + ($1.seconds - meanTime) * (value($1) - mean) } / spread
    }
}
