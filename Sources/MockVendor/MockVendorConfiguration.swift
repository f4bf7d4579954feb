// What a mock vendor is told at its start, with the range of each value.

import Foundation

/// Where a mock vendor listens, what it checks, what it answers and how much it remembers.
///
/// It has no access control beyond its address: whoever reaches the port can read the log and change the script.
package struct MockVendorConfiguration: Sendable {
    /// `vendor.host`: the address to listen on.
    package var host: String
    /// `vendor.port`: 0…65535; 0 lets the system choose a free one.
    package var port: Int
    /// Keys of which any may have signed a request; none means that signatures are not checked.
    package var secrets: [[UInt8]]
    package var script: VendorScript
    /// `vendor.log_file`: JSON lines are appended here, each written before its request is answered.
    package var logFile: String?
    /// `vendor.log_entries`: 1…10,000,000 requests kept in memory; the oldest make room and are counted.
    package var logEntryLimit: Int
    /// `vendor.log_bytes`: 65,536…17,179,869,184; the same by estimated size.
    package var logByteLimit: Int
    /// `vendor.runs`: 2…10,000,000 action runs whose attempts are remembered at least; see ``RunMemory``.
    package var runLimit: Int
    /// What happened is kept for ``DeliveryLog/takeNews()``, so much of it at most; 0 = nothing.
    package var newsLimit: Int
    /// How long `no-answer` keeps a connection open: up to 60 seconds.
    package var silenceLimit: Duration
    /// How long requests under way may take to finish at shutdown; the whole of it then stays within a second.
    package var drainLimit = Duration.milliseconds(400)
    /// The vendors whose public APIs are played: those that ship with the program, where no others are given.
    package var replicas: VendorReplicas?
    /// `vendor.token_seconds`: 1…86,400; how long an access token is good for that was given here.
    package var tokenLifetime = 3600
    /// Milliseconds since 1970: the clock of the log and of tokens, and the one that dates in `Retry-After` count from.
    package var now: @Sendable () -> Int64

    package init(
        host: String = "127.0.0.1", port: Int = 0, secrets: [[UInt8]] = [],
        script: VendorScript = VendorScript(),
        logFile: String? = nil, logEntryLimit: Int = 1_000_000, logByteLimit: Int = 512 * 1024 * 1024,
        runLimit: Int = 1_000_000, newsLimit: Int = 0, silenceLimit: Duration = .seconds(60),
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
    ) {
        self.host = host
        self.port = port
        self.secrets = secrets
        self.script = script
        self.logFile = logFile
        self.logEntryLimit = logEntryLimit
        self.logByteLimit = logByteLimit
        self.runLimit = runLimit
        self.newsLimit = newsLimit
        self.silenceLimit = silenceLimit
        self.now = now
    }

    func validate() throws(MockVendorError) {
        try check("vendor.port", port, in: 0...65_535)
        try check("vendor.log_entries", logEntryLimit, in: 1...10_000_000)
        try check("vendor.log_bytes", logByteLimit, in: 65_536...17_179_869_184)
        try check("vendor.runs", runLimit, in: 2...10_000_000)
        try check("vendor.news", newsLimit, in: 0...10_000_000)
        try check("vendor.token_seconds", tokenLifetime, in: 1...86_400)
        guard silenceLimit > .zero, silenceLimit <= .seconds(60) else {
            throw .badSetting("vendor.silence is \(silenceLimit); allowed: more than 0 and up to 60 seconds")
        }
        if let index = secrets.firstIndex(where: \.isEmpty) {
            throw .badSetting("vendor.secrets[\(index)] is empty; leave it out to accept unsigned requests")
        }
    }

    private func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(MockVendorError) {
        guard range.contains(value) else {
            throw .badSetting("\(key) is \(value); allowed \(range.lowerBound)…\(range.upperBound)")
        }
    }
}
