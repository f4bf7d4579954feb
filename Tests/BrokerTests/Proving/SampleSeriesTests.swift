import Glibc
import Testing

/// The slopes that a soak judges by.
@Suite struct SampleSeriesTests {
    private func series(_ memory: (Double) -> Double, _ descriptors: (Double) -> Int = { _ in 40 })
        -> SampleSeries
    {
        var series = SampleSeries()
        for second in stride(from: 0.0, to: 600, by: 5) {
            series.append(
                ProcessSample(
                    seconds: second, memory: memory(second), descriptors: descriptors(second)))
        }
        return series
    }

    @Test func `what stays as it is has no slope`() throws {
        let flat = series { 80 + ($0.truncatingRemainder(dividingBy: 10) == 0 ? 1 : -1) }
        #expect(try abs(#require(flat.memorySlope)) < 1)
        #expect(flat.descriptorSlope == 0)
    }

    @Test func `what a rebalance takes for some seconds is no growth, however late it comes`() throws {
        let peaks = series(
            { $0.truncatingRemainder(dividingBy: 120) < 20 + $0 / 10 ? 80 + $0 / 20 : 80 },
            { $0 > 590 ? 90 : 40 })
        #expect(peaks.memorySlope == 0)
        #expect(peaks.descriptorSlope == 0)
    }

    @Test func `a leak of a megabyte and of two descriptors a minute is found`() throws {
        let leak = series({ 80 + $0 / 60 }, { 40 + Int($0 / 30) })
        #expect(try abs(#require(leak.memorySlope) - 60) < 0.001)
        #expect(try abs(#require(leak.descriptorSlope) - 120) < 2)
    }

    @Test func `what grew before the series begins is left out`() throws {
        let warmed = series { $0 < 120 ? 20 + $0 : 140 }
        #expect(warmed.after(120).memorySlope == 0)
        #expect(try #require(warmed.memorySlope) > 100)
    }

    @Test func `one sample has no slope`() {
        var series = SampleSeries()
        #expect(series.memorySlope == nil)
        series.append(ProcessSample(seconds: 1, memory: 1, descriptors: 1))
        #expect(series.memorySlope == nil)
    }

    @Test func `this process has memory and descriptors`() throws {
        let sample = try #require(ProcessSample(of: getpid(), at: 0))
        #expect(sample.memory > 1 && sample.descriptors > 2)
        #expect(ProcessSample(of: 0, at: 0) == nil)
    }
}
