using System.Globalization;
using System.Runtime.InteropServices;
using Soc.Memory;
using Soc.RiscV.Mmu;
using Soc.Tlb;

namespace Soc.RiscV.Sanitizing;

/// <summary>
/// One hart's stale-translation sanitizer. It keeps every translation that hardware may still hold by the privileged ISA (section
/// 10.2.1), whatever the hart's own TLB has evicted, and compares each access with it and with an uncached walk at that instant.
/// </summary>
internal sealed class HartSanitizer : ITlbMonitor
{
    private const int MaximumTranslations = 4096;
    private const int MaximumPerPage = 4;
    private const int Verified = 256;
    private const int Global = -1;

    private readonly Hart _hart;
    private readonly Sanitizer _shared;
    private readonly ReferenceWalker _walker;
    private readonly Dictionary<(ulong Page, int Space), List<ShadowTranslation>> _translations = [];
    private readonly Queue<(ulong Page, int Space)> _age = [];
    private readonly VerifiedAccess[] _verified = new VerifiedAccess[Verified];
    private readonly List<(nint Host, ulong Old)> _stores = [];
    private readonly Action<nint> _tableRead;
    private readonly int _id;
    private LastStore _satpWrite;
    private LastStore _protectionWrite;
    private readonly Dictionary<nint, ulong> _codePages = [];
    private nint _codePage = -1;
    private ulong _codePageSince;
    private ulong _codeFence;
    private ulong _programCounter;
    private ulong _compared;

    public HartSanitizer(Hart hart, Sanitizer shared)
    {
        _hart = hart;
        _shared = shared;
        _walker = new ReferenceWalker(hart);
        _tableRead = shared.OnTableRead;
        _id = hart.InitiatorId;
    }

    /// <summary>Held for each instruction.</summary>
    public Lock Gate => _shared.Gate;

    /// <summary>Host address of the instruction under way; 0 when it is not plain memory.</summary>
    public nint Code { get; private set; }

    public void BeginInstruction()
    {
        _programCounter = _hart.ProgramCounter;
        _shared.At(_id, _programCounter);
        Code = 0;
    }

    public void EndInstruction()
    {
        foreach ((nint host, ulong old) in _stores)
        {
            ulong changed = HostWord.Read(host) ^ old;
            if (changed != 0)
            {
                _shared.OnStored(host, _id, _programCounter, _hart.Now, changed);
            }
        }

        _stores.Clear();
        _shared.Compared += _compared;
        _compared = 0;
    }

    /// <summary>Reset: the hart forgets all translations.</summary>
    public void Clear()
    {
        _translations.Clear();
        _age.Clear();
        Array.Clear(_verified);
        ForgetCode();
    }

    public void OnAddressSpaceChanged()
    {
        _satpWrite = HereAndNow();
        Array.Clear(_verified);
    }

    public void OnProtectionChanged()
    {
        _protectionWrite = HereAndNow();
        Array.Clear(_verified);
    }

    /// <summary>
    /// SFENCE.VMA. What it covers goes, unless the translation is still true in the address space that the hart is in: hardware may
    /// walk again at once, without any access (privileged ISA, section 10.2.1), so that a later store finds it cached.
    /// </summary>
    /// <param name="virtualAddress">rs1; null for all addresses.</param>
    /// <param name="space">rs2; null for all address spaces, global translations included.</param>
    public void OnTranslationFence(ulong? virtualAddress, ushort? space)
    {
        _shared.OnTranslationFence(_id);
        Array.Clear(_verified);
        ulong page = (virtualAddress.GetValueOrDefault() & AddressMask()) >> 12;
        foreach (List<ShadowTranslation> list in _translations.Values)
        {
            for (int i = list.Count - 1; i >= 0; i--)
            {
                ShadowTranslation held = list[i];
                bool covered = virtualAddress is null || (held.VirtualPage ^ page) >> (held.Log2Size - 12) == 0;
                if (covered && (space is null || (!held.Global && held.AddressSpaceId == space)) && Drops(held, virtualAddress is null))
                {
                    list.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>FENCE.I.</summary>
    public void OnCodeFence()
    {
        _shared.OnCodeFence(_id);
        _codeFence = _shared.Current;
        ForgetCode();
    }

    /// <summary>Compares a decoded instruction with the memory that it was decoded from.</summary>
    /// <exception cref="SanitizerException">They differ although FENCE.I was executed after the store.</exception>
    public void CheckDecoded(in DecodedInstruction decoded)
    {
        if (Code == 0 || decoded.Opcode is Opcode.Undecoded or Opcode.Straddle or Opcode.PageEnd)
        {
            return;
        }

        LastStore first = _shared.WriterOf(Code);
        LastStore last = _shared.WriterOf(Code + decoded.Length - 1);
        if (_shared.IsPartial && (first.Sequence == 0 || last.Sequence == 0))
        {
            // Who stored may be forgotten.
            return;
        }

        uint memory = HostWord.ReadParcel(Code);
        if (decoded.Length == 4)
        {
            memory |= (uint)HostWord.ReadParcel(Code + 2) << 16;
        }

        uint bits = decoded.Length == 4 ? decoded.Bits : decoded.Bits & 0xFFFF;
        if (memory != bits && first.Sequence < _codeFence && last.Sequence < _codeFence)
        {
            throw new SanitizerException(
                $"{_hart.Name} executed stale code at 0x{_programCounter:x} after FENCE.I: 0x{bits:x} instead of 0x{memory:x}");
        }
    }

    /// <inheritdoc/>
    public void OnResolved(in MonitoredAccess access)
    {
        _compared++;
        _shared.CheckAnswer(_hart, _hart.Space, access);
        ref VerifiedAccess verified = ref _verified[Slot(access.VirtualAddress, access.Context, access.Kind)];
        var now = new VerifiedAccess(access.VirtualAddress >> 12, access.PhysicalAddress >> 12, access.Context, access.Kind, _shared.Epoch);
        if (verified != now && CheckTranslation(access.VirtualAddress, access.Kind, access.Context, access.PhysicalAddress & ~0xFFFUL))
        {
            verified = now;
        }

        if (access.Host == 0)
        {
            return;
        }

        switch (access.Kind)
        {
            case AccessKind.Load:
                for (nint word = access.Host & ~(nint)7; word < access.Host + access.Size; word += 8)
                {
                    _shared.OnLoaded(word, _id);
                }

                break;
            case AccessKind.Store:
                for (nint word = access.Host & ~(nint)7; word < access.Host + access.Size; word += 8)
                {
                    _stores.Add((word, HostWord.Read(word)));
                }

                break;
            default:
                CheckCode(access);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnWalkFault(ulong virtualAddress, AccessKind kind, int context)
    {
        _compared++;
        CheckTranslation(virtualAddress, kind, context, null);
    }

    private static int Slot(ulong virtualAddress, int context, AccessKind kind) =>
        (int)(((virtualAddress >> 12) * 7) + (ulong)(context * 3) + (ulong)kind) & (Verified - 1);

    private LastStore HereAndNow() => new(_shared.Next(), _id, _programCounter, _hart.Now);

    private ulong AddressMask() => PagingMode.Of((int)(_hart.State.Satp >> 60)) is { } paging ? ulong.MaxValue >> (64 - paging.VirtualBits) : ulong.MaxValue;

    /// <summary>Compares the translation of an access with what hardware may hold.</summary>
    /// <param name="virtualAddress">The address.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="context">The TLB's context.</param>
    /// <param name="used">The physical page that the TLB uses; null when its walk faulted.</param>
    /// <returns>Whether there is nothing but the truth.</returns>
    private bool CheckTranslation(ulong virtualAddress, AccessKind kind, int context, ulong? used)
    {
        PrivilegeMode mode = TlbContexts.ModeOf(context);
        if (mode == PrivilegeMode.Machine || TlbContexts.IsGuest(context) || _hart.State.Satp >> 60 == 0)
        {
            return true;
        }

        ShadowTranslation? truth = _walker.Walk(virtualAddress, _tableRead);
        if (_walker.IsOpaque)
        {
            return false;
        }

        ulong page = (virtualAddress & AddressMask()) >> 12;
        AccessKinds protection = truth is null ? AccessKinds.None : _hart.Protection.KindsOf(truth.PhysicalPage | (virtualAddress & 0xFFF), 1, mode);
        bool granted = truth is not null && truth.Rights(context).Includes(kind) && protection.Includes(kind);
        bool known = false;
        bool clean = true;
        bool explained = used is null || (truth is not null && truth.PhysicalPage == used);
        foreach (int space in (ReadOnlySpan<int>)[(ushort)(_hart.State.Satp >> 44), Global])
        {
            if (!_translations.TryGetValue((page, space), out List<ShadowTranslation>? list))
            {
                continue;
            }

            foreach (ShadowTranslation held in list)
            {
                explained |= held.PhysicalPage == used;
                bool same = truth is not null && held.TranslatesLike(truth);
                known |= same;
                bool harmful = held.Rights(context).Includes(kind) && held.Protection.Includes(kind) &&
                    (!granted || held.PhysicalPage != truth!.PhysicalPage);
                if (same)
                {
                    held.LastUse = _shared.Current;
                }

                if (harmful)
                {
                    clean = false;
                    Judge(held, truth, granted, virtualAddress, kind);
                }
                else
                {
                    clean &= same || (granted && held.PhysicalPage == truth!.PhysicalPage);
                }
            }
        }

        if (!explained)
        {
            throw new SanitizerException(
                $"{_hart.Name} used a translation of 0x{virtualAddress:x} to 0x{used:x} (pc 0x{_programCounter:x}) that is not in the page table and that no missing fence explains");
        }

        if (!known && granted)
        {
            truth!.Protection = PageProtection(truth.PhysicalPage, mode);
            truth.LastUse = _shared.Current;
            Keep(page, truth);
        }

        return clean;
    }

    /// <summary>Whether a fence that covers a translation takes it away.</summary>
    private bool Drops(ShadowTranslation held, bool allAddresses)
    {
        int changed = held.FirstChanged();
        if (changed < 0 && held.Satp == _hart.State.Satp)
        {
            held.Refetched = _shared.Current;
            held.RefetchedAt = _programCounter;
            RefreshProtection(held, allAddresses);
            return false;
        }

        // With an address, only leaf entries are ordered: what was reached through a changed pointer stays.
        return allAddresses || changed < 0 || changed == held.Path.Length - 1;
    }

    private AccessKinds PageProtection(ulong physicalPage, PrivilegeMode mode) =>
        _hart.Protection.TryKindsOfPage(physicalPage, mode, out AccessKinds kinds) ? kinds : AccessKinds.None;

    private void RefreshProtection(ShadowTranslation held, bool all)
    {
        if (all)
        {
            held.Protection = PageProtection(held.PhysicalPage, PrivilegeMode.Supervisor);
        }
    }

    private void Keep(ulong page, ShadowTranslation found)
    {
        (ulong, int) key = (page, found.Global ? Global : found.AddressSpaceId);
        if (!_translations.TryGetValue(key, out List<ShadowTranslation>? list))
        {
            // Hardware forgets, too.
            while (_age.Count >= MaximumTranslations)
            {
                _translations.Remove(_age.Dequeue());
            }

            list = [];
            _translations.Add(key, list);
            _age.Enqueue(key);
        }

        if (list.Count == MaximumPerPage)
        {
            list.RemoveAt(1);
        }

        list.Add(found);
    }

    /// <summary>Hardware may use a translation that is no longer true: is that legal, and if not, whose mistake is it?</summary>
    private void Judge(ShadowTranslation held, ShadowTranslation? truth, bool granted, ulong virtualAddress, AccessKind kind)
    {
        LastStore write;
        StaleCause cause;
        string written;
        string fence = $"SFENCE.VMA va=0x{virtualAddress & ~0xFFFUL:x}";
        int changed = held.FirstChanged();
        if (((held.Satp ^ _hart.State.Satp) & ~(0xFFFFUL << 44)) != 0)
        {
            write = _satpWrite;
            cause = StaleCause.AddressSpaceReused;
            written = $"satp (0x{_hart.State.Satp:x})";
            fence = $"SFENCE.VMA asid={held.AddressSpaceId}";
        }
        else if (changed < 0)
        {
            // The page table says what it said: PMP does not.
            write = _protectionWrite;
            cause = StaleCause.MissingProtectionFence;
            written = "a PMP register";
            fence = "SFENCE.VMA for all addresses";
        }
        else
        {
            ReferenceStep step = held.Path[changed];
            write = _shared.WriterOf(step.Host);
            written = $"the page-table entry at 0x{step.Address:x}";
            if (changed < held.Path.Length - 1)
            {
                fence = "SFENCE.VMA for all addresses";
            }

            cause = write.Initiator != _id && !_shared.HasFenced(_id, write.Sequence) ? StaleCause.MissingRemoteFence
                : _shared.HasFenced(_id, write.Sequence) ? StaleCause.FenceTooNarrow
                : held.Refetched > held.LastUse ? StaleCause.FenceBeforeStore
                : StaleCause.MissingFence;
        }

        if (write.Sequence == 0 || !_shared.IsDue(_id, write, code: false))
        {
            _shared.Allowed++;
            return;
        }

        string missing = cause == StaleCause.FenceBeforeStore
            ? $"{_hart.Name} needs {fence} after the store at 0x{write.ProgramCounter:x}, not before it at 0x{held.RefetchedAt:x}"
            : $"{_hart.Name} needs {fence} after the write at 0x{write.ProgramCounter:x}";
        _shared.Report(new StaleUse
        {
            Cause = cause,
            Initiator = _id,
            ProgramCounter = _programCounter,
            Kind = kind,
            VirtualAddress = virtualAddress,
            Time = _hart.Now,
            Cached = Describe(held),
            Truth = truth is null ? "no valid entry" : granted ? Describe(truth) : Describe(truth) + ", refused",
            Write = write,
            Written = written,
            Missing = missing,
        });
    }

    private static string Describe(ShadowTranslation translation)
    {
        ulong leaf = translation.Leaf;
        char Flag(int bit, char letter) => ((leaf >> bit) & 1) != 0 ? letter : '-';
        return string.Create(
            CultureInfo.InvariantCulture, $"0x{translation.PhysicalPage:x} {Flag(1, 'r')}{Flag(2, 'w')}{Flag(3, 'x')}{Flag(4, 'u')}{Flag(5, 'g')}");
    }

    /// <summary>Code that was stored after this hart's last FENCE.I may be fetched as it was before.</summary>
    private void CheckCode(in MonitoredAccess access)
    {
        nint at = access.Host;
        int size = access.Size;
        if (size == 0)
        {
            Code = at;
            size = (at & 0xFFF) < 0xFFE && Decoder.IsLong(HostWord.ReadParcel(at)) ? 4 : 2;
        }

        ulong since = FirstFetch(at);
        for (nint word = at & ~(nint)7; word < at + size; word += 8)
        {
            LastStore store = _shared.WriterOf(word);
            if (store.Sequence <= _codeFence || !Touches(store, word, at, size))
            {
                continue;
            }

            if ((store.Initiator != _id && store.Sequence < since) || !_shared.IsDue(_id, store, code: true))
            {
                _shared.Allowed++;
                continue;
            }

            _shared.Report(new StaleUse
            {
                Cause = StaleCause.MissingCodeFence,
                Initiator = _id,
                ProgramCounter = _programCounter,
                Kind = AccessKind.Fetch,
                VirtualAddress = access.VirtualAddress,
                Time = _hart.Now,
                Cached = "the code before the store",
                Truth = $"0x{HostWord.Read(word):x}",
                Write = store,
                Written = $"code at 0x{(access.PhysicalAddress & ~7UL) + (ulong)(word - (at & ~(nint)7)):x}",
                Missing = $"{_hart.Name} needs FENCE.I after the store at 0x{store.ProgramCounter:x}",
            });
        }
    }

    /// <summary>Whether a store to a word changed any of the bytes that are fetched.</summary>
    private static bool Touches(in LastStore store, nint word, nint at, int size)
    {
        int first = (int)Math.Max(at - word, 0);
        int last = (int)Math.Min(at + size - word, 8) - 1;
        return (store.Bytes & (0xFF >> (7 - last)) & (0xFF << first)) != 0;
    }

    /// <summary>When this hart first fetched from a page of memory after its last FENCE.I: what another hart stored before, it cannot have cached otherwise.</summary>
    private ulong FirstFetch(nint at)
    {
        nint page = at & ~(nint)4095;
        if (page != _codePage)
        {
            _codePage = page;
            ref ulong first = ref CollectionsMarshal.GetValueRefOrAddDefault(_codePages, page, out bool known);
            if (!known)
            {
                first = _shared.Next();
            }

            _codePageSince = first;
        }

        return _codePageSince;
    }

    private void ForgetCode()
    {
        _codePages.Clear();
        _codePage = -1;
    }

    /// <summary>A translation that was compared, and stays true while the epoch does.</summary>
    private readonly record struct VerifiedAccess(ulong VirtualPage, ulong PhysicalPage, int Context, AccessKind Kind, ulong Epoch);
}
