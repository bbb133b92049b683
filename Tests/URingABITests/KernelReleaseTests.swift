import Testing
import URingABI

/// What uname(2) calls kernels, and what may be concluded from it.
struct KernelReleaseTests {
  @Test(arguments: [
    ("7.2.12+deb14-cloud-amd64", KernelRelease(7, 2, 12)), ("7.1.7+deb13-cloud-amd64", KernelRelease(7, 1, 7)),
    ("7.1.8-200.fc44.x86_64", KernelRelease(7, 1, 8)), ("7.1.13-zen1", KernelRelease(7, 1, 13)),
    ("7.1.13-arch1-1", KernelRelease(7, 1, 13)), ("6.18.44-fc-v669", KernelRelease(6, 18, 44)),
    ("6.18.44", KernelRelease(6, 18, 44)), ("7.3.4", KernelRelease(7, 3, 4)), ("7.2.7", KernelRelease(7, 2, 7)),
    ("6.6.87.2-microsoft-standard-WSL2", KernelRelease(6, 6, 87)), ("7.1.8_1", KernelRelease(7, 1, 8)),
    ("4.9.337-gki", KernelRelease(4, 9, 337)), ("10.2.1", KernelRelease(10, 2, 1)), ("7.0", KernelRelease(7, 0)),
    ("7.2", KernelRelease(7, 2)), ("7.2.0", KernelRelease(7, 2)), ("7.2.65535", KernelRelease(7, 2, 65535)),
  ])
  func finalReleaseIsReadWithItsPatchLevel(text: String, expected: KernelRelease) {
    #expect(KernelRelease(utsname: text) == expected)
  }

  @Test(arguments: [
    "7.2.0-rc5", "7.2-rc5", "7.2-rc5-amd64", "7.2-rc7-cloud-amd64", "7.2~rc7", "7.2-rc7+deb14-cloud-amd64",
    "7.2.0-rc5+",
    "7.2.0-rc5-00123-g0123456789ab", "7.2.0-0.rc5.20260701git0123456789ab.43.fc44.x86_64", "7.2.0-rc5-1-default",
    "7.2.0-rc5-next-20260701", "7.2_rc5-gentoo", "7.2.0-RC5", "7.2.0.rc5", "7.2.0-060200rc5-generic",
  ])
  func candidateIsMarked(text: String) {
    #expect(KernelRelease(utsname: text) == KernelRelease(7, 2, stage: .candidate))
  }

  @Test(arguments: ["7.1.8-rc1", "7.1.8-rc2-custom"])
  func candidateOfAStableReleaseIsMarked(text: String) {
    #expect(KernelRelease(utsname: text) == KernelRelease(7, 1, 8, stage: .candidate))
  }

  /// Ubuntu's builds of candidates have no mark, and Debian's 7.3-rc7 calls itself 7.3-cloud-amd64.
  @Test(arguments: [
    "7.2.0-5-generic", "7.2.0-39-generic", "7.2.0-200.fc44.x86_64", "7.2-cloud-amd64", "7.2.0+", "7.2.0-arch1-1",
    "7.2.0.1",
    "7.2.0-arc", "7.2.0-src",
  ])
  func firstReleaseWithATextBehindItIsUnclear(text: String) {
    #expect(KernelRelease(utsname: text) == KernelRelease(7, 2, stage: .unclear))
  }

  @Test(arguments: [
    "", "7", "x.y", "7.", ".7", "300.1", "7.256", "7.2.65536", "7.2.", "7.2.x", "7.2.12x", "7.2rc5", "7.2 ", " 7.2",
    "+7.2", "-7.2", "7.-2", "7.+2", "07.2", "7.02", "7.2.08", "7.2,8", "v7.2", "Linux 7.2", "7..2",
    "18446744073709551623.2", "7.18446744073709551618", "7.2.18446744073709551628", "7.2.99999999999999999999999999",
    "\u{0667}.2", "7.\u{0662}",
  ])
  func otherTextIsNoRelease(text: String) {
    #expect(KernelRelease(utsname: text) == nil)
  }

  @Test func releasesAreOrderedByTheirNumbersAndCandidatesComeFirst() {
    let ascending = [
      KernelRelease(6, 18, 44), KernelRelease(7, 0), KernelRelease(7, 1, 7), KernelRelease(7, 1, 8),
      KernelRelease(7, 2, stage: .candidate), KernelRelease(7, 2, stage: .unclear), KernelRelease(7, 2),
      KernelRelease(7, 10),
    ]
    #expect(ascending == ascending.reversed().sorted())
    #expect(Set(ascending).count == ascending.count)
  }

  @Test func releaseIsWrittenAsUpstreamDoes() {
    #expect("\(KernelRelease(7, 2))" == "7.2" && "\(KernelRelease(7, 1, 8))" == "7.1.8")
    #expect("\(KernelRelease(7, 2, stage: .candidate))" == "7.2-rc")
  }

  // MARK: Corrections

  /// As H1 was corrected: in a candidate of 7.2, and in a stable release of 7.1.
  private static let corrected = [KernelRelease(7, 1, 8), KernelRelease(7, 2)]

  @Test(arguments: [
    "7.1.8", "7.1.8-200.fc44.x86_64", "7.1.13+deb13-cloud-amd64", "7.1.13-zen1", "7.1.65535", "7.2", "7.2.0", "7.2.7",
    "7.2.12+deb13-cloud-amd64", "7.3", "7.3.4", "7.3.0-12-generic", "8.0", "8.0.0-1-generic", "10.2.1",
  ])
  func numberImpliesACorrection(text: String) throws {
    #expect(try #require(KernelRelease(utsname: text)).implies(correctionIn: Self.corrected))
  }

  @Test(arguments: [
    "7.1", "7.1.0", "7.1.0-39-generic", "7.1.7", "7.1.7+deb13-cloud-amd64", "7.1.8-rc1", "7.0.0", "7.0.0-39-generic",
    "7.0.13", "7.0.99", "7.2.0-rc5", "7.2-rc5-amd64", "7.2.0-rc6", "7.2.0-39-generic", "7.2-cloud-amd64", "7.2.0+",
    "7.2.0-0.rc5.20260701git0123456789ab.43.fc44.x86_64", "7.3-rc7-cloud-amd64", "7.3.0-rc1", "8.0-rc1", "6.19.0",
    "2.6.60", "2.6.60+deb13", "0.0.0",
  ])
  func numberImpliesNothing(text: String) throws {
    #expect(try !#require(KernelRelease(utsname: text)).implies(correctionIn: Self.corrected))
  }

  /// By a definition that is written in another way: over every release of a few series.
  @Test func everyReleaseIsDecidedAsUpstreamsTreesAre() {
    let corrections = [KernelRelease(7, 1, 8), KernelRelease(7, 3, 2)]
    for minor in UInt8(0)...5 {
      for patch in UInt16(0)...20 {
        for stage in [KernelRelease.Stage.candidate, .unclear, .final] where patch == 0 || stage != .unclear {
          let isInSeries = minor == 1 && patch >= 8 || minor == 3 && patch >= 2 || minor >= 4
          let release = KernelRelease(7, minor, patch, stage: stage)
          #expect(release.implies(correctionIn: corrections) == (isInSeries && stage == .final), "\(release)")
        }
      }
    }
    #expect(!KernelRelease(9, 0).implies(correctionIn: []))
  }
}
