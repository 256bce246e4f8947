namespace Soc.Checkers.Iopmp;

/// <content>Refusals in words.</content>
public sealed partial class IopmpChecker
{
    /// <inheritdoc/>
    public override string Explain(in Violation violation)
    {
        int requester = RequesterOf(violation.Attributes);
        IopmpSnapshot snapshot = Current;
        IopmpVerdict verdict = snapshot.Check(new IopmpTransaction(
            requester, violation.PhysicalAddress, (ulong)violation.Size, IopmpPort.KindOf(violation.Kind)));
        IopmpErrorType error = verdict.Waits ? IopmpErrorType.Stalled : verdict.Error;
        string number = $"(etype {(int)error})";
        switch (error)
        {
            case IopmpErrorType.UnknownRequester:
                return $"RRID {requester} is not below rrid_num, {_options.RequesterCount} {number}";
            case IopmpErrorType.Stalled:
                return $"RRID {requester} is stalled, and there is no room to wait {number}";
            case IopmpErrorType.NoHit:
                return $"no entry of RRID {requester} ({DomainsText(snapshot, requester)}) covers it {number}";
            case IopmpErrorType.None:
                return "the configuration has changed meanwhile, and permits it now";
            default:
                IopmpEntry entry = snapshot.Entries[verdict.Entry];
                string rights = string.Concat((entry.Configuration & 1) != 0 ? 'r' : '-', (entry.Configuration & 2) != 0 ? 'w' : '-', (entry.Configuration & 4) != 0 ? 'x' : '-');
                string where = $"entry {verdict.Entry} of domain {entry.Domain} (0x{entry.First:x}-0x{entry.Last:x}, {rights})";
                return error == IopmpErrorType.PartialHit
                    ? $"{where} covers only a part of it {number}"
                    : $"{where} does not let RRID {requester} {Verb(verdict.Kind)} {number}";
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> RecordRegisters(in Violation violation) => ["ERR_INFO", "ERR_REQADDR", "ERR_REQADDRH", "ERR_REQID"];

    private static string Verb(IopmpKind kind) => kind switch
    {
        IopmpKind.Read => "read",
        IopmpKind.Fetch => "fetch",
        _ => "write",
    };

    private static string DomainsText(IopmpSnapshot snapshot, int requester)
    {
        int[] domains = snapshot.DomainNumbersOf(requester);
        return domains.Length == 0 ? "which has no domain" : $"domain{(domains.Length > 1 ? "s" : "")} {string.Join(", ", domains.Take(8))}{(domains.Length > 8 ? ", ..." : "")}";
    }
}
