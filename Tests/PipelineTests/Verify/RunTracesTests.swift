import Flow
import Pipeline
import Testing

/// Lost, or only late.
@Suite struct RunTracesTests {
    private static let event = EventIdentity(
        source: "okendo", store: "s.myshopify.com", id: "e1",
        trigger: TriggerReference(connector: "okendo", handle: "review"))
    private static let id = RunID.actionRun(
        store: "s.myshopify.com", source: "okendo", event: "e1", workflow: "w", stepPath: "0")

    private static func run(isMatched: Bool, end: RunEnd? = nil) -> OpenRun {
        OpenRun(event: event, id: id, isMatched: isMatched, end: end)
    }

    private static func record(_ id: String, key: String, value: [UInt8]? = [1]) -> WireRecord {
        WireRecord(
            topic: "t", key: Array(key.utf8), value: value, headers: [WireHeader(HeaderName.id, id)])
    }

    @Test func `an event that nobody has read is late, one that nothing tells of is lost`() {
        var traces = RunTraces()
        #expect(traces.loss(of: Self.run(isMatched: false)) != nil)
        traces.noteEvent(Self.record("e1", key: "other.myshopify.com"))
        #expect(traces.loss(of: Self.run(isMatched: false)) != nil)
        traces.noteEvent(Self.record("e1", key: "s.myshopify.com"))
        #expect(traces.loss(of: Self.run(isMatched: false)) == nil)
    }

    /// Topics are read one after the other: its action is behind the look at the actions.
    @Test func `an event that was ahead and has been matched meanwhile is late`() {
        var traces = RunTraces()
        traces.noteEvent(Self.record("e1", key: "s.myshopify.com"))
        #expect(traces.loss(of: Self.run(isMatched: true)) == nil)
    }

    @Test func `an action that is ahead or waits is late, one that is nowhere is lost`() {
        var traces = RunTraces()
        #expect(traces.loss(of: Self.run(isMatched: true)) != nil)
        traces.noteWaiting(Self.record("", key: "\(Self.id)"))
        #expect(traces.loss(of: Self.run(isMatched: true)) == nil)
        traces.noteWaiting(Self.record("", key: "\(Self.id)", value: nil))
        #expect(traces.loss(of: Self.run(isMatched: true)) != nil)
        traces.noteAction(Self.record("\(Self.id)", key: "k"))
        #expect(traces.loss(of: Self.run(isMatched: true)) == nil)
    }

    @Test func `a run that has its end is not looked for`() {
        #expect(RunTraces().loss(of: Self.run(isMatched: true, end: .succeeded)) == nil)
    }
}
