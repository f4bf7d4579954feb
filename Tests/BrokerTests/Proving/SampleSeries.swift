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

    /// Least squares over the lowest sample of each stretch, in MiB an hour; nil for fewer than two stretches.
    ///
    /// A rebalance takes memory and descriptors for some seconds, which is no growth; a leak lifts the lowest, too.
    var memorySlope: Double? { slope { $0.memory }.map { $0 * 3600 } }

    /// Descriptors an hour, likewise.
    var descriptorSlope: Double? { slope { Double($0.descriptors) }.map { $0 * 3600 } }

    /// As long as a member takes to come and to go again.
    private static let stretch = 120.0

    private func slope(_ value: (ProcessSample) -> Double) -> Double? {
        guard let start = samples.first?.seconds else { return nil }
        let stretches = Dictionary(grouping: samples) { Int(($0.seconds - start) / Self.stretch) }
        let lowest = stretches.map { (time: Double($0), value: $1.map(value).min() ?? 0) }
        let count = Double(lowest.count)
        let meanTime = lowest.reduce(0) { $0 + $1.time } / count
        let mean = lowest.reduce(0) { $0 + $1.value } / count
        let spread = lowest.reduce(0) { $0 + ($1.time - meanTime) * ($1.time - meanTime) }
        guard spread > 0 else { return nil }
        return lowest.reduce(0) { $0 + ($1.time - meanTime) * ($1.value - mean) } / spread / Self.stretch
    }
}
