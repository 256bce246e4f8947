using Soc.Checkers.Registers;

namespace Soc.Checkers.Iopmp;

/// <content>The register file, declared after the tables of iopmp.md sections 4 and 5.</content>
public sealed partial class IopmpChecker
{
    private const RegisterAccess RO = RegisterAccess.ReadOnly;
    private const RegisterAccess RW = RegisterAccess.ReadWrite;
    private const RegisterAccess WARL = RegisterAccess.Warl;
    private const RegisterAccess W1C = RegisterAccess.WriteOneToClear;
    private const RegisterAccess W1SS = RegisterAccess.WriteOneToSetSticky;
    private const RegisterAccess W1CS = RegisterAccess.WriteOneToClearSticky;

    private bool HasHighDomains => _options.DomainCount > 31;

    private bool HasDomainLock => _options.DomainLock && _options.SourceFormat != 1;

    private int LowDomainTop => Math.Min(_options.DomainCount, 31);

    private int HighDomainTop => _options.DomainCount - 32;

    private static ulong Flag(bool flag) => flag ? 1UL : 0;

    private void DefineConfiguration()
    {
        Registers.Define("VERSION", 0x0000, 4)
            .Field("vendor", 23, 0, RO, _options.Vendor & 0xFF_FFFF)
            .Field("specver", 31, 24, RO, _options.SpecificationVersion & 0xFF);
        Registers.Define("IMPLEMENTATION", 0x0004, 4).Field("impid", 31, 0, RO, _options.Implementation);
        _hwcfg0 = Registers.Define("HWCFG0", 0x0008, 4)
            .Bit("enable", 0, W1SS, _options.EnableFixed)
            .Bit("HWCFG2_en", 1, RO, true)
            .Bit("HWCFG3_en", 2, RO, true)
            .Bit("no_err_rec", 23, RO, _options.NoErrorRecord)
            .Field("md_num", 29, 24, RO, (ulong)_options.DomainCount)
            .Bit("addrh_en", 30, RO, _options.HighAddresses)
            .Bit("tor_en", 31, RO, _options.TopOfRange)
            .WhenWritten((_, old, _) =>
            {
                if (Enabled && (old & 1) == 0)
                {
                    RepairDomains();
                    Touch(Parts.All);
                }
            });
        Registers.Define("HWCFG1", 0x000C, 4)
            .Field("rrid_num", 15, 0, RO, (ulong)_options.RequesterCount)
            .Field("entry_num", 31, 16, RO, (ulong)_options.EntryCount);
        _hwcfg2 = Registers.Define("HWCFG2", 0x0010, 4)
            .Field("prio_entry", 15, 0, WARL, _options.NonPriority ? (ulong)_options.PriorityEntries : 0)
            .Bit("prio_ent_prog", 16, W1CS, _options.NonPriority && _options.PriorityProgrammable)
            .Bit("non_prio_en", 17, RO, _options.NonPriority)
            .Bit("msi_en", 26, RO, _options.MessageInterrupts)
            .Bit("peis", 27, RO, _options.EntryInterruptSuppression)
            .Bit("pees", 28, RO, _options.EntryErrorSuppression)
            .Bit("sps_en", 29, RO, _options.SecondaryPermissions)
            .Bit("stall_en", 30, RO, _options.Stall)
            .Bit("mfr_en", 31, RO, _options.MultiFaultRecord)
            .FrozenBits("prio_ent_prog = 0: prio_entry", _ => (_hwcfg2!.Value & PriorityProgrammableBit) != 0 ? 0UL : 0xFFFF)
            .WhenWritten((_, _, _) => Touch(Parts.Entries));
        _hwcfg3 = Registers.Define("HWCFG3", 0x0014, 4)
            .Field("mdcfg_fmt", 1, 0, RO, (ulong)_options.DomainFormat)
            .Field("srcmd_fmt", 3, 2, RO, (ulong)_options.SourceFormat)
            .Field("md_entry_num", 10, 4, WARL, (ulong)_options.EntriesPerDomainMinusOne)
            .Bit("xinr", 11, RO, _options.FetchIsRead)
            .Bit("no_x", 12, RO, _options.NoFetch)
            .Bit("no_w", 13, RO, _options.NoWrite)
            .Bit("rrid_transl_en", 14, RO, _options.TranslateRequester)
            .Bit("rrid_transl_prog", 15, W1CS, _options.TranslateRequester && _options.TranslationProgrammable)
            .Field("rrid_transl", 31, 16, WARL, _options.TranslateRequester ? (ulong)_options.TranslatedRequester : 0)
            .FrozenBits("enable, mdcfg_fmt: md_entry_num; rrid_transl_prog = 0: rrid_transl", _ =>
                (_options.DomainFormat == 2 && !Enabled ? 0UL : 0x7F0) |
                ((_hwcfg3!.Value & TranslationProgrammableBit) != 0 ? 0UL : 0xFFFF_0000))
            .WhenWritten((_, _, _) => Touch(Parts.Entries));
        Registers.Define("ENTRYOFFSET", 0x002C, 4).Field("offset", 31, 0, RO, (uint)_options.EntryOffset);
    }

    private void DefineStall()
    {
        if (!_options.Stall)
        {
            return;
        }

        _mdstall = Registers.Define("MDSTALL", 0x0030, 4)
            .Bit("exempt/is_busy", 0, RegisterAccess.WriteOnly)
            .Field("md", LowDomainTop, 1, RW)
            .ShownAs((_, value) => value | (_stalling.Count + Released.Count > 0 ? 1UL : 0))
            .WhenWritten((_, _, written) => SelectStalled((written & 1) != 0));
        if (HasHighDomains)
        {
            _mdstallHigh = Registers.Define("MDSTALLH", 0x0034, 4).Field("mdh", HighDomainTop, 0, RW);
        }

        if (_options.StallByRequester)
        {
            _rridscp = Registers.Define("RRIDSCP", 0x0038, 4)
                .Field("rrid", 15, 0, WARL)
                .Field("op/stat", 31, 30, WARL)
                .Legalise((_, old, wanted) => PickResult((uint)old, (uint)wanted))
                .WhenWritten((_, _, written) => Pick((uint)written));
        }
    }

    private void DefineLocks()
    {
        if (HasDomainLock)
        {
            _mdlck = Registers.Define("MDLCK", 0x0040, 4)
                .Bit("l", 0, W1SS)
                .Field("md", LowDomainTop, 1, W1SS)
                .ResetsTo(_ => _options.DomainLockReset)
                .LockedWhen("MDLCK.l", _ => (_mdlck!.Value & 1) != 0);
            if (HasHighDomains)
            {
                _mdlckHigh = Registers.Define("MDLCKH", 0x0044, 4)
                    .Field("mdh", HighDomainTop, 0, W1SS)
                    .ResetsTo(_ => _options.DomainLockHighReset)
                    .LockedWhen("MDLCK.l", _ => (_mdlck!.Value & 1) != 0);
            }
        }
        else
        {
            Registers.Define("MDLCK", 0x0040, 4).Bit("l", 0, RO, true);
        }

        if (_options.DomainFormat == 0)
        {
            _mdcfglck = GrowingLock("MDCFGLCK", 0x0048, 6, _options.DomainTableLockReset);
        }

        _entrylck = GrowingLock("ENTRYLCK", 0x004C, 16, _options.EntryLockReset);
    }

    private Register GrowingLock(string name, ulong offset, int top, uint reset)
    {
        Register? register = null;
        ulong mask = ((1UL << top) - 1) << 1;
        register = Registers.Define(name, offset, 4)
            .Bit("l", 0, W1SS)
            .Field("f", top, 1, WARL)
            .ResetsTo(_ => reset)
            .LockedWhen($"{name}.l", _ => (register!.Value & 1) != 0)
            .Legalise((_, old, wanted) => (wanted & ~mask) | Math.Max(old & mask, wanted & mask));
        return register;
    }

    private void DefineErrors()
    {
        bool record = !_options.NoErrorRecord;
        _errCfg = Registers.Define("ERR_CFG", 0x0060, 4)
            .Bit("l", 0, W1SS)
            .Bit("ie", 1, RW)
            .Bit("rs", 2, RW)
            .Bit("msi_sel", 3, _options.MessageInterrupts ? RW : RO)
            .Bit("stall_violation_en", 4, _options.Stall ? RW : RO)
            .Field("msidata", 18, 8, _options.MessageInterrupts ? RW : RO)
            .LockedWhen("ERR_CFG.l", _ => ErrorsLocked)
            .WhenWritten((_, _, _) => Touch(Parts.Errors));
        _errInfo = Registers.Define("ERR_INFO", 0x0064, 4)
            .Bit("v", 0, W1C)
            .Field("ttype", 2, 1, RO)
            .Bit("msi_werr", 3, _options.MessageInterrupts ? W1C : RO)
            .Field("etype", 7, 4, RO)
            .Bit("svc", 8, RO)
            .WhenWritten((_, _, _) =>
            {
                if ((_errInfo!.Value & 1) == 0)
                {
                    DriveInterrupt(false);
                }
            });
        if (record)
        {
            _errAddress = Registers.Define("ERR_REQADDR", 0x0068, 4).Field("addr", 31, 0, RO);
            if (_options.HighAddresses)
            {
                _errAddressHigh = Registers.Define("ERR_REQADDRH", 0x006C, 4).Field("addrh", 31, 0, RO);
            }

            _errRequester = Registers.Define("ERR_REQID", 0x0070, 4)
                .Field("rrid", 15, 0, RO)
                .Field("eid", 31, 16, RO, _options.RecordEntry ? 0UL : 0xFFFF);
        }

        if (_options.MultiFaultRecord)
        {
            _errMultiFault = Registers.Define("ERR_MFR", 0x0074, 4)
                .Field("svw", 15, 0, RO)
                .Field("svi", 27, 16, WARL)
                .Bit("svs", 31, RO)
                .Legalise((_, _, wanted) => (wanted >> 16) < (ulong)_faults.Length ? wanted : 0)
                .WhenRead(_ => ReadMultiFault());
        }

        if (_options.MessageInterrupts)
        {
            _msiAddress = Registers.Define("ERR_MSIADDR", 0x0078, 4)
                .Field("msiaddr", 31, 0, RW)
                .LockedWhen("ERR_CFG.l", _ => ErrorsLocked);
            if (_options.HighAddresses)
            {
                _msiAddressHigh = Registers.Define("ERR_MSIADDRH", 0x007C, 4)
                    .Field("msiaddrh", 31, 0, RW)
                    .LockedWhen("ERR_CFG.l", _ => ErrorsLocked);
            }
        }
    }

    private void DefineDomains()
    {
        if (_options.DomainFormat == 0)
        {
            _mdcfg = Registers.DefineArray("MDCFG({0})", 0x0800, 4, _options.DomainCount, 4)
                .Field("t", 15, 0, RW)
                .LockedWhen("MDCFGLCK.f", domain => (ulong)domain < (_mdcfglck!.Value >> 1) % 64)
                .WhenWritten((_, _, _) =>
                {
                    RepairDomains();
                    Touch(Parts.Entries);
                });
        }
    }

    private void DefineSources()
    {
        if (_options.SourceFormat == 0)
        {
            _srcmd[0] = DomainBits("SRCMD_EN({0})", 0x1000, high: false);
            _srcmd[0]!
                .Bit("l", 0, W1SS)
                .ResetsTo(requester => Flag(_options.LockedRequesters.Contains(requester)));
            DefineIf(1, HasHighDomains, "SRCMD_ENH({0})", 0x1004);
            DefineIf(2, _options.SecondaryPermissions, "SRCMD_R({0})", 0x1008);
            DefineIf(3, _options.SecondaryPermissions && HasHighDomains, "SRCMD_RH({0})", 0x100C);
            DefineIf(4, _options.SecondaryPermissions, "SRCMD_W({0})", 0x1010);
            DefineIf(5, _options.SecondaryPermissions && HasHighDomains, "SRCMD_WH({0})", 0x1014);
            DefineIf(6, _options.SecondaryPermissions, "SRCMD_X({0})", 0x1018);
            DefineIf(7, _options.SecondaryPermissions && HasHighDomains, "SRCMD_XH({0})", 0x101C);
        }
        else if (_options.SourceFormat == 2)
        {
            _perm[0] = PermissionBits("SRCMD_PERM({0})", 0x1000, Math.Min(_options.RequesterCount, 16));
            if (_options.RequesterCount > 16)
            {
                _perm[1] = PermissionBits("SRCMD_PERMH({0})", 0x1004, _options.RequesterCount - 16);
            }
        }
    }

    private void DefineIf(int index, bool exists, string name, ulong offset)
    {
        if (exists)
        {
            _srcmd[index] = DomainBits(name, offset, high: (index & 1) != 0);
        }
    }

    private Register DomainBits(string name, ulong offset, bool high)
    {
        Register register = Registers.DefineArray(name, offset, 32, _options.RequesterCount, 4);
        return (high ? register.Field("mdh", HighDomainTop, 0, RW) : register.Field("md", LowDomainTop, 1, RW))
            .FrozenBits("SRCMD_EN.l; single bits: MDLCK", requester =>
                (_srcmd[0]![requester] & 1) != 0 ? ulong.MaxValue
                : high ? _mdlckHigh?.Value ?? 0
                : (_mdlck?.Value ?? 0) & ~1UL)
            .WhenWritten((_, _, _) => Touch(Parts.Sources));
    }

    private Register PermissionBits(string name, ulong offset, int requesters) =>
        Registers.DefineArray(name, offset, 32, _options.DomainCount, 4)
            .Field("perm", (2 * requesters) - 1, 0, RW)
            .LockedWhen("MDLCK", DomainLocked)
            .WhenWritten((_, _, _) => Touch(Parts.Sources));

    private void DefineEntries()
    {
        ulong at = unchecked((ulong)(long)_options.EntryOffset);
        _entryAddress = Registers.DefineArray("ENTRY_ADDR({0})", at, 16, _options.EntryCount, 4)
            .Field("addr", 31, 0, RW)
            .LockedWhen("ENTRYLCK.f", EntryLocked)
            .ShownAs((entry, _) => (uint)ShownWord(entry))
            .WhenWritten((_, _, _) => Touch(Parts.Entries));
        if (_options.HighAddresses)
        {
            _entryAddressHigh = Registers.DefineArray("ENTRY_ADDRH({0})", at + 4, 16, _options.EntryCount, 4)
                .Field("addrh", 31, 0, RW)
                .LockedWhen("ENTRYLCK.f", EntryLocked)
                .ShownAs((entry, _) => ShownWord(entry) >> 32)
                .WhenWritten((_, _, _) => Touch(Parts.Entries));
        }

        _entryConfiguration = Registers.DefineArray("ENTRY_CFG({0})", at + 8, 16, _options.EntryCount, 4)
            .Bit("r", 0, RW)
            .Bit("w", 1, RW)
            .Bit("x", 2, RW)
            .Field("a", 4, 3, WARL)
            .Field("sire siwe sixe", 7, 5, _options.EntryInterruptSuppression ? RW : RO)
            .Field("sere sewe sexe", 10, 8, _options.EntryErrorSuppression ? RW : RO)
            .LockedWhen("ENTRYLCK.f", EntryLocked)
            .Legalise(LegalMode)
            .WhenWritten((_, _, _) => Touch(Parts.Entries));
    }
}
