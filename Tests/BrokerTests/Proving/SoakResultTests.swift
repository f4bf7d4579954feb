import Pipeline
import Testing

/// What a soak must not pass over.
@Suite struct SoakResultTests {
    private static func result(
        _ seconds: StrideThrough<Double>, isRunning: Bool = true, memory: (Double) -> Double = { _ in 80 }
    ) -> SoakResult {
        var series = SampleSeries()
        for second in seconds {
            series.append(ProcessSample(seconds: second, memory: memory(second), descriptors: 40))
        }
        return SoakResult(
            capacity: 100, rate: 50, warmUp: 300, end: 900, workers: ["sender-0": isRunning],
            series: ["sender-0": series], report: VerificationReport(), isSettled: true)
    }

    @Test func `a worker that is watched to the end and stays as it is has no fault`() {
        #expect(Self.result(stride(from: 0, through: 900, by: 5)).faults == [])
        // A busy machine takes fewer samples.
        #expect(Self.result(stride(from: 0, through: 900, by: 9)).faults == [])
    }

    @Test func `growth is a fault`() {
        #expect(Self.result(stride(from: 0, through: 900, by: 5)) { 80 + $0 / 10 }.faults.count == 1)
    }

    @Test func `no samples, too few, and none at the end are faults`() {
        #expect(Self.result(stride(from: 1, through: 0, by: 5)).faults.count == 1)
        #expect(Self.result(stride(from: 0, through: 290, by: 5)).faults.count == 1)
        #expect(Self.result(stride(from: 0, through: 900, by: 60)).faults.count == 1)
        #expect(Self.result(stride(from: 0, through: 800, by: 5)).faults.count == 1)
    }

    @Test func `a worker that has ended is a fault`() {
        #expect(Self.result(stride(from: 0, through: 900, by: 5), isRunning: false).faults.count == 1)
    }

    @Test func `a worker that nobody has seen is a fault`() {
        let result = SoakResult(
            capacity: 100, rate: 50, warmUp: 300, end: 900, workers: ["sender-0": true], series: [:],
            report: VerificationReport(), isSettled: true)
        #expect(result.faults.count == 1)
    }
}
