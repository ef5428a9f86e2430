package main

import (
	"fmt"
	"os/user"
	"strconv"
)

const userSetting, groupSetting = "MUSICDB_MUSICDB_USERNAME", "MUSICDB_MUSICDB_GROUPNAME"

// checkIdentity compares who the server runs as with what the configuration file
// says; without such a file everybody may run it. A name that this machine does
// not know is no reason to refuse, only the almighty user is. It comes before any
// file is made: one of the wrong user's would be in the way of the right one.
func (s *Settings) checkIdentity(uid, gid int) error {
	if s.File == "" {
		return nil
	}
	name := s.MusicDB.UserName
	if wanted, err := user.Lookup(name); err != nil {
		if uid == 0 {
			return s.problem(userSetting, fmt.Sprintf("is %s, which is no user of this machine, and the server does not run as root instead; create the user, or name another one", name))
		}
	} else if wanted.Uid != strconv.Itoa(uid) {
		return s.problem(userSetting, fmt.Sprintf("is %s, but the server was started as %s; start it as %[1]s (User=%[1]s in its unit, or sudo -u %[1]s), or name the other one", name, userName(uid)))
	}
	name = s.MusicDB.GroupName
	if wanted, err := user.LookupGroup(name); err == nil && wanted.Gid != strconv.Itoa(gid) {
		return s.problem(groupSetting, fmt.Sprintf("is %s, but the server was started with the group %s; start it with %[1]s (Group=%[1]s in its unit, or newgrp %[1]s), or name the other one", name, groupName(gid)))
	}
	return nil
}

// remarkOnIdentity warns about names that this machine does not know.
func (s *Settings) remarkOnIdentity() {
	if s.File == "" {
		return
	}
	if _, err := user.Lookup(s.MusicDB.UserName); err != nil {
		s.warn(userSetting, "is %s, which is no user of this machine; any but root may run the server", s.MusicDB.UserName)
	}
	if _, err := user.LookupGroup(s.MusicDB.GroupName); err != nil {
		s.warn(groupSetting, "is %s, which is no group of this machine; any may run the server", s.MusicDB.GroupName)
	}
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return strconv.Itoa(uid)
}

func groupName(gid int) string {
	if g, err := user.LookupGroupId(strconv.Itoa(gid)); err == nil {
		return g.Name
	}
	return strconv.Itoa(gid)
}
